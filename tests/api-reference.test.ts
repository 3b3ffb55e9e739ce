/** The API reference, as `npm run docs` makes it: its pages, and what a browser shows of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'tests/.tmp/api');
const pages = new Map<string, string>();
const matching = (text: string): readonly string[] =>
  [...pages].filter(([, page]) => page.includes(text)).map(([name]) => name);

beforeAll(() => {
  const typedoc = ['node_modules/typedoc/bin/typedoc', '--options', 'tools/api-reference.mjs', '--out', folder];
  execFileSync(process.execPath, typedoc, { cwd: root, stdio: 'pipe' });
  for (const page of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  ))
    pages.set(page, readFileSync(join(folder, page), 'utf8'));
}, 240_000);

it('has no broken link', () => {
  expect(execFileSync(process.execPath, ['tools/links.mjs', folder], { cwd: root, encoding: 'utf8' })).toMatch(
    /^\d{4,} links/,
  );
});

it('leads with the pages, getting started first', () => {
  const [, packed = ''] = /"(.*)"/.exec(readFileSync(join(folder, 'assets/navigation.js'), 'utf8')) ?? [];
  const navigation = inflateSync(Buffer.from(packed, 'base64')).toString();
  expect([...navigation.matchAll(/"text":"([^"]*)"/g)].slice(0, 3).map(([, text]) => text)).toEqual([
    'Documents',
    'Getting started',
    'Ports',
  ]);
});

it('has one title on each page', () => {
  expect([...pages].filter(([, page]) => page.split('<h1').length !== 2).map(([name]) => name)).toEqual([]);
  expect(matching('<title>camcops-tablet-session | camcops-tablet-session</title>')).toEqual([]);
});

it('has a summary beside each name', () => {
  const name = /<a href="([^"]*)">[^<]*<\/a>(?:(?!<dt)[^])*?<dd class="tsd-member-summary">(<\/dd>)?/g;
  const names = [...pages.values()].flatMap((page) => [...page.matchAll(name)]);
  // The pages are no names.
  const bare = names.filter(([, href = '', isEmpty]) => isEmpty !== undefined && !href.startsWith('documents/'));
  expect(bare.map(([, href]) => href)).toEqual([]);
  expect(names.length).toBeGreaterThan(200);
});

it('makes each exported name a link, in signatures and in sentences', () => {
  const names = [...pages.keys()].flatMap(
    (page) => /^(?:functions|interfaces|types)\/.*\.(\w+)\.html$/.exec(page)?.[1] ?? [],
  );
  expect(names.length).toBeGreaterThan(150);
  const unlinked = names.flatMap((name) => matching(`<span class="tsd-signature-type">${name}</span>`));
  expect(unlinked).toEqual([]);
  expect(pages.get('index.html')).toContain('testing.uploadLaws.html"><code>uploadLaws</code></a>');
  expect(matching('<span class="tsd-signature-type">TaskEither</span>')).toEqual([]);
});

const candidates = [process.env['CHROME_PATH'], 'chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const chromium = candidates.find((name) => name !== undefined && spawnSync(name, ['--version']).status === 0);

/** A page as the browser has it once its scripts have run. */
const shown = (page: string): string => {
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=20000', '--dump-dom'];
  return execFileSync(chromium ?? '', [...options, `file://${join(folder, page)}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
};

describe.skipIf(chromium === undefined)('in a browser (skipped if there is no Chromium)', () => {
  it('draws all pictures, and shows no Mermaid as text', { timeout: 240_000 }, () => {
    expect(matching('<code class="mermaid">')).toEqual([]);
    const drawn = matching('<pre class="mermaid">').map((page) => {
      const blocks = pages.get(page)?.split('<pre class="mermaid">').length ?? 0;
      const dom = shown(page);
      expect(dom.includes('Syntax error in text')).toBe(false);
      const ids = [...dom.matchAll(/<svg [^>]*?id="(mermaid-[^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(blocks - 1);
      return [page, blocks - 1, dom.match(/<pre class="mermaid"[^>]*data-processed="true"[^>]*><svg /g)?.length];
    });
    expect(drawn.filter(([, blocks, pictures]) => blocks !== pictures)).toEqual([]);
    expect(drawn.length).toBeGreaterThan(3);
  });
});
