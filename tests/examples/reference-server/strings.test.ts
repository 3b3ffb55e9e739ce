/** Loading the texts of questionnaires from XML files, each made here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { administer } from '../../../examples/reference-server/admin/administer.js';
import { stringsIn } from '../../../examples/reference-server/admin/strings.js';
import { onEachDatabase, serving } from '../../support/reference-server.js';
import { stringsOf } from '../../support/client-strings.js';

const inTask = (strings: string): string => `<resources><task name="t">${strings}</task></resources>`;
const textOf = (text: string): string | undefined =>
  stringsIn(inTask(`<string name="n">${text}</string>`)).at(-1)?.value;

describe('a file of strings', () => {
  it('has tasks in several languages, and one without is the empty language', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <!-- a comment --> <resources>
        <task name="phq9"> <string name="q1">One</string> <string name="q2">Two</string> </task>
        <task name="phq9" locale="da_DK"><string name="q1">Et</string></task>
        <task name="__proto__"><string name="constructor">C</string></task>
      </resources>`;
    expect(stringsIn(xml)).toEqual([
      { task: 'phq9', name: 'q1', language: '', value: 'One' },
      { task: 'phq9', name: 'q2', language: '', value: 'Two' },
      { task: 'phq9', name: 'q1', language: 'da_DK', value: 'Et' },
      { task: '__proto__', name: 'constructor', language: '', value: 'C' },
    ]);
  });

  it.each([
    ['plain text', 'A question?', 'A question?'],
    ['nothing', '', ''],
    ['white space around it', '\n   A\n  b  ', 'A\n  b'],
    ['line ends of another system', 'a\r\nb', 'a\nb'],
    ['\\n, written as two characters', String.raw`a\nb\n`, 'a\nb\n'],
    ['entities', '&lt;5 &amp; &gt;3 &quot;&apos;&#233;&#x1F48A;', `<5 & >3 "'é💊`],
    ['markup', 'a <b>bold <i class="x">b</i></b><br/> c', 'a <b>bold <i class="x">b</i></b><br/> c'],
    ['markup as it was written', "<a  href='x&amp;y' >é</a ><br></br>", "<a  href='x&amp;y' >é</a ><br></br>"],
    ['markup alone', '<br/>', '<br/>'],
    ['a section of characters', '<![CDATA[<b> & ]]>x', '<b> & x'],
    ['a comment', 'a<!-- not shown -->b', 'ab'],
    ['an astral character', '💊', '💊'],
  ])('holds %s', (_, written, read) => {
    expect(textOf(written)).toBe(read);
  });

  it.each([
    ['not XML', 'name: text', /^line 1: /],
    ['empty', '', /^line 1: /],
    ['a comment alone', '<!-- a -->', /^line 1: /],
    ['cut short', '<resources>\n<task name="t">\n<string name="n">a', /^line 3: /],
    ['with a tag that is not closed', inTask('<string name="n">a\n<b></string>'), /^line 2: Unexpected close tag/],
    ['with an entity of HTML', inTask('<string name="n">\n&nbsp;</string>'), /^line 2: Invalid character entity/],
    [
      'with an entity of its own',
      `<!DOCTYPE r [<!ENTITY e "x">]>${inTask('<string name="n">&e;</string>')}`,
      /^line 1: Invalid/,
    ],
    ['with another root', '<strings/>', /^line 1: <resources> holds <task/],
    [
      'with a string outside a task',
      '<resources>\n<string name="n">a</string></resources>',
      /^line 2: <resources> holds/,
    ],
    ['with text outside a string', '<resources>\n<task name="t">text</task></resources>', /^line 2: <resources> holds/],
    ['with a task without a name', '<resources>\n<task></task></resources>', /^line 2: <task> must have a name$/],
    [
      'with a task whose name is blank',
      '<resources>\n<task name=" "></task></resources>',
      /^line 2: <task> must have a name$/,
    ],
    [
      'with a string whose name is blank',
      inTask('\n<string name="\t">a</string>'),
      /^line 2: <string> must have a name$/,
    ],
    ['with a string without a name', inTask('\n\n<string>a</string>'), /^line 3: <string> must have a name$/],
    ['with NUL', inTask('<string name="n">&#0;</string>'), /^line 1: /],
    ['with half of a pair', inTask('<string name="n">&#xD83D;</string>'), /^line 1: /],
  ])('%s is refused by its line', (_, xml, words) => {
    expect(() => stringsIn(xml)).toThrow(words);
  });
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strings-'));
});
afterAll(() => rm(folder, { recursive: true }));
const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

onEachDatabase(({ open }) => {
  const db = open();
  const load = (...paths: readonly string[]) =>
    administer(
      () => Promise.resolve(db),
      () => Promise.resolve(''),
      ['strings', ...paths],
    );

  it('6,000 texts arrive at the tablet as they are in the file', async () => {
    const texts = Array.from({ length: 6_000 }, (_, n) => `${String(n)}: "it's" a\\b, <b>c</b> ✓ 💊\nd:e\tf`);
    const strings = texts.map((text, n) => `<string name="s${String(n)}">${text.replaceAll('\n', '\\n')}</string>`);
    await write('a.xml', inTask(strings.join('\n')));
    await write('b.XML', '<resources><task name="t" locale="da_DK"><string name="s0">Nul</string></task></resources>');
    await write('notes.txt', 'no XML');
    expect(await load(folder)).toMatch(/^Files: 2\. Texts: 6001\. New or changed: 6001\.\nPatients' own tablets fetch/);
    expect(await load(folder)).toBe('Files: 2. Texts: 6001. New or changed: 0.');

    const { tablet, stop } = await serving({ db });
    const { ask } = tablet('reader');
    await ask('register');
    const read = stringsOf((await ask('get_extra_strings')).reply.body);
    await stop();
    expect(read.size).toBe(6_001);
    for (const [n, text] of texts.entries()) expect(read.get(`t s${String(n)} `)).toBe(text);
    expect(read.get('t s0 da_DK')).toBe('Nul');
  });

  it('all or nothing: a broken file is named with its line, and of a text given twice the last counts', async () => {
    const good = await write('good', inTask('<string name="new">1</string><string name="new">2</string>'));
    const broken = await write('broken', inTask('<string name="newer">a\n<b></string>'));
    const latin = await write('latin', new Uint8Array([...Buffer.from('<resources>'), 0xe9]));
    const count = async () => (await db.query(`select value from extra_strings where name like 'new%'`)).length;
    await expect(load(good, broken)).rejects.toThrow(`${broken}: line 2: Unexpected close tag`);
    await expect(load(good, latin)).rejects.toThrow(`${latin}: must be UTF-8`);
    await expect(load(good, join(folder, 'none'))).rejects.toThrow('must be a file or a folder');
    expect(await count()).toBe(0);
    await load(good);
    expect(await db.query(`select value from extra_strings where name = 'new'`)).toEqual([{ value: '2' }]);
  });
});
