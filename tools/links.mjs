/** After typedoc: fails if a page of `build/api`, or of the folder that is named, links to a page or a heading that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../build/api', import.meta.url)));
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html'))
  .map((file) => join(folder, file));
const texts = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
const anchors = new Map(
  [...texts].map(([page, text]) => [page, new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]),
);

let links = 0;
for (const [page, text] of texts)
  for (const [, href = ''] of text.matchAll(/<a [^>]*?href="(?!\w+:)([^"]*)"/g)) {
    links += 1;
    const [file = '', anchor = ''] = decodeURIComponent(href).split('#');
    const target = file === '' ? page : resolve(dirname(page), file);
    const isThere = existsSync(target) && (anchor === '' || (anchors.get(target)?.has(anchor) ?? true));
    if (isThere) continue;
    console.error(`${page.slice(folder.length + 1)} links to ${href}, which is not there`);
    process.exitCode = 1;
  }
console.log(`${String(links)} links in ${String(pages.length)} pages`);
