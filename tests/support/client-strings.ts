/** Extra strings as the client reads them from a reply: by task, name and language, with spaces between. */
export const stringsOf = (body: string): ReadonlyMap<string, string> => {
  const texts = (record: string) =>
    [...record.matchAll(/'((?:[^']|'')*)'/g)].map(([, quoted = '']) =>
      quoted
        .replaceAll("''", "'")
        .replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped),
    );
  const records = [...body.matchAll(/^record\d+:(.*)$/gm)].map(([, record = '']) => texts(record));
  return new Map(records.map(([task, name, language, value = '']) => [[task, name, language].join(' '), value]));
};
