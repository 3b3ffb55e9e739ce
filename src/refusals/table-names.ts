/** The grammar of the names of tables and columns. */

/** 128 is longer than any database allows. */
const nameGrammar = /^[A-Za-z0-9_]{1,128}$/;

/** Whether a text matches the grammar of a table's or column's name: 1 to 128 letters, digits and underscores. */
export const hasNameForm = (text: string): boolean => nameGrammar.test(text);
