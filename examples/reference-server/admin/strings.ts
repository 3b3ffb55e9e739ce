/** Reads extra strings, the texts of questionnaires, from the XML files of a CamCOPS installation. */
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sax, { type SAXOptions } from 'sax';
import type { ExtraString } from 'camcops-tablet-session/operations';

import { must, wordsOf } from '../settings.js';
import { carryOut, type Command } from './command.js';

/** Returns an attribute's value, empty if it is blank. It would be an object if the parser read namespaces. */
const valueOf = (attribute: unknown): string =>
  typeof attribute === 'string' && attribute.trim() !== '' ? attribute : '';

const expected = '<resources> holds <task name="..." locale="...">, which holds <string name="...">';

// Knows the entities of XML, but not those of HTML.
const options: SAXOptions & { readonly strictEntities: boolean } = { strictEntities: true };

/**
 * Reads the text of each string of a file: markup inside it stays as written, entities are decoded. Throws words that name the line. A
 * string that is given twice is returned twice; the last counts.
 */
export const stringsIn = (file: string): readonly ExtraString[] => {
  // XML reads every line end as LF.
  const xml = file.replace(/\r\n?/g, '\n');
  const strings: ExtraString[] = [];
  const parser = sax.parser(true, options);
  const fails = (words: string): never => {
    throw new Error(`line ${String(parser.line + 1)}: ${words}`);
  };
  const seen = { root: false };
  const open: string[] = [];
  let [task, language, name, text] = ['', '', '', ''];
  const isInString = () => open.length > 3;
  const markup = () => xml.slice(parser.startTagPosition - 1, parser.position);

  parser.onerror = ({ message }) => fails(message.split('\n', 1).join('').replace(/\.$/, ''));
  parser.onopentag = ({ name: tag, attributes }) => {
    seen.root = true;
    open.push(tag);
    const given = (attribute: string) => valueOf(attributes[attribute]) || fails(`<${tag}> must have a ${attribute}`);
    if (isInString()) {
      // `<br/>` is added as a whole when it opens.
      text += markup();
      return;
    }
    if (tag !== ['resources', 'task', 'string'][open.length - 1]) fails(expected);
    if (tag === 'task') [task, language] = [given('name'), valueOf(attributes['locale'])];
    if (tag === 'string') [name, text] = [given('name'), ''];
  };
  parser.onclosetag = (tag) => {
    if (isInString()) {
      if (!parser.tag.isSelfClosing) text += markup();
    } else if (tag === 'string') {
      if (/[\0\p{Surrogate}]/u.test(text)) fails('there must be no NUL, and no half of a surrogate pair');
      strings.push({ task, name, language, value: text.trim().replaceAll('\\n', '\n') });
    }
    open.pop();
  };
  const add = (more: string) => {
    if (open.length > 2) text += more;
    else if (more.trim() !== '') fails(expected);
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.write(xml).close();
  if (!seen.root) fails(expected);
  return strings;
};

/** Returns the files that are named, and the `.xml` files of the folders that are named, sorted. */
const filesOf = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder === undefined) throw new Error(`${path} must be a file or a folder`);
    if (!isFolder) return [path];
    const inside = readdirSync(path).filter((file) => /\.xml$/i.test(file));
    must(inside.length > 0, `${path} has no files that end in .xml`);
    return inside.sort().map((file) => join(path, file));
  });

const decoder = new TextDecoder('utf-8', { fatal: true });

const read = async (file: string): Promise<readonly ExtraString[]> => {
  try {
    return stringsIn(decoder.decode(await readFile(file)));
  } catch (error) {
    const words = error instanceof TypeError ? 'must be UTF-8' : wordsOf(error);
    throw new Error(`${file}: ${words}`, { cause: error });
  }
};

export const stringsCommand: Command = {
  takes: 'FILE-OR-FOLDER...',
  does: "load the texts of questionnaires from CamCOPS's XML files; all or none",
  run: (db, paths) =>
    carryOut(db, async (query) => {
      const files = filesOf(paths);
      const all = (await Promise.all(files.map(read))).flat();
      const last = new Map(all.map((each) => [JSON.stringify([each.task, each.name, each.language]), each]));
      const changed = await query(
        `insert into extra_strings as e (task, name, language, value)
           select task, name, language, value from json_to_recordset($1) as s (task text, name text, language text, value text)
           on conflict (task, name, language) do update set value = excluded.value where e.value <> excluded.value returning task`,
        [JSON.stringify([...last.values()])],
      );
      const words = `Files: ${String(files.length)}. Texts: ${String(last.size)}. New or changed: ${String(changed.length)}.`;
      if (changed.length === 0) return { words };
      return { words, changed: { details: { saved: 'strings', count: changed.length } }, isToldToTablets: true };
    }),
};
