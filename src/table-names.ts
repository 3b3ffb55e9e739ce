/** The names of tables and of their columns. */

/** Longer than any database allows. */
const nameGrammar = /^[A-Za-z0-9_]{1,128}$/;

/** Whether a text has the form of a table's or column's name: 1 to 128 letters, digits and underscores. */
export const hasNameForm = (text: string): boolean => nameGrammar.test(text);
