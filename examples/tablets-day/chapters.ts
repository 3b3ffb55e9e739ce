/** Writes the chapters of the day: each in a line or two, or request by request. */
import { heading, painted, sideBySide, wrapped, type Style } from './side-by-side.js';
import { readReply, type Exchange } from './tablet.js';

export type Chapter = readonly [title: string, exchanges: readonly Exchange[]];

export const isServed = ({ reply }: Exchange): boolean => readReply(reply.body).get('success') === '1';

/** Writes the title, and how many requests were served and refused. */
export const chapterInShort = (style: Style, [title, exchanges]: Chapter): string => {
  const served = exchanges.filter(isServed).length;
  const counts = [`${String(served)} served`, `${String(exchanges.length - served)} refused`];
  const told = counts.filter((count) => !count.startsWith('0 ')).join(', ');
  return `- ${wrapped(`${title} ${told}.`, style.width - 2).join('\n  ')}`;
};

/** Returns a writer of one chapter after another. It counts a served request without showing it if it has shown one like it. */
export const chapterInFull = (style: Style): ((chapter: Chapter) => string) => {
  const shownOnce = new Map<string, number>();
  return ([title, exchanges]) => {
    const parts = [heading(style, title)];
    let [before, alike]: [Exchange | undefined, number] = [undefined, 0];
    const countThem = (): void => {
      if (alike > 0) parts.push(painted(style, 'dim', `… ${String(alike)} requests like earlier ones, served`));
      alike = 0;
    };
    for (const exchange of exchanges) {
      const operation = `${exchange.fields.get('operation') ?? ''} of ${exchange.fields.get('camcops_version') ?? ''}`;
      const times = shownOnce.get(operation) ?? 0;
      if (isServed(exchange)) shownOnce.set(operation, times + 1);
      if (isServed(exchange) && times >= (operation.startsWith('upload_') ? 2 : 1)) alike += 1;
      else {
        countThem();
        parts.push(sideBySide(style, exchange, before));
      }
      before = exchange;
    }
    countThem();
    return parts.join('\n');
  };
};
