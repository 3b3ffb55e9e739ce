/** What is done to each page of the API reference: one title, pictures in place of Mermaid, and a link from every name. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JSX, PageEvent, ReflectionKind, RendererEvent } from 'typedoc';

const fpTs = (/** @type {string} */ module) => `https://gcanti.github.io/fp-ts/modules/${module}.ts.html`;
const ioTs = 'https://gcanti.github.io/io-ts/modules/index.ts.html';
const mdn = (/** @type {string} */ path) => `https://developer.mozilla.org/docs/Web/JavaScript/Reference/${path}`;
const utility = 'https://www.typescriptlang.org/docs/handbook/utility-types.html';

/** @type {ReadonlyMap<string, string>} */
const elsewhere = new Map([
  ...['Either', 'Option', 'Ord', 'Task', 'TaskEither'].map((name) => /** @type {const} */ ([name, fpTs(name)])),
  ...['Type', 't.Type', 't.Branded'].map((name) => /** @type {const} */ ([name, ioTs])),
  ...['Exclude', 'Omit', 'Partial', 'Pick', 'Readonly', 'Record', 'Required'].map(
    (name) => /** @type {const} */ ([name, utility]),
  ),
  ['Iterable', mdn('Iteration_protocols')],
  ['Promise', mdn('Global_Objects/Promise')],
  ['ReadonlyMap', mdn('Global_Objects/Map')],
  ['ReadonlySet', mdn('Global_Objects/Set')],
  ['Uint8Array', mdn('Global_Objects/Uint8Array')],
]);

/**
 * Runs in the browser: each block of Mermaid becomes a picture, in the colours of the reader's system. It waits until TypeDoc shows the page,
 * because what is hidden has no size.
 */
const drawing = `
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default';
  mermaid.initialize({ startOnLoad: false, deterministicIds: true, theme });
  const draw = () => {
    if (document.body.style.display === 'none') setTimeout(draw, 20);
    else mermaid.run({ querySelector: '.mermaid' });
  };
  addEventListener('load', draw);`;

/** Highlighted code as plain text, still escaped, as Mermaid reads it. */
const plain = (/** @type {string} */ html) =>
  html
    .replace(/<button[^]*?<\/button>/g, '')
    .replace(/<br\/?>/g, '\n')
    .replace(/<[^>]*>/g, '');

const isName = (/** @type {string} */ name, /** @type {string} */ rest) => /[A-Z]/.test(name) || rest.startsWith('(');

/** @param {import('typedoc').Application} app */
export const pages = (app) => {
  /** @type {Map<string, string>} */
  const exported = new Map();

  app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
    const { router } = app.renderer;
    for (const module of project.getChildrenByKind(ReflectionKind.Module))
      for (const child of module.children ?? [])
        if (!exported.has(child.name)) exported.set(child.name, router?.getFullUrl(child) ?? '');
  });

  app.renderer.on(PageEvent.END, (page) => {
    const up = '../'.repeat(page.url.split('/').length - 1);
    let text = page.contents ?? '';
    // The page's own heading is its title.
    if (page.url === 'index.html') text = text.replace(/<div class="tsd-page-title">\s*<h1>[^]*?<\/h1><\/div>/, '');
    text = text.replace(/<title>(.*?) \| \1<\/title>/, '<title>$1</title>');
    const pictures = /<pre><code class="mermaid">([^]*?)<\/code>[^]*?<\/pre>/g;
    if (pictures.test(text)) {
      text = text.replaceAll(pictures, (_, /** @type {string} */ code) => `<pre class="mermaid">${plain(code)}</pre>`);
      text = text.replace(
        '</body>',
        `<script src="${up}assets/mermaid.js"></script><script>${drawing}</script></body>`,
      );
    }
    text = text.replaceAll(
      /<(pre|a|h\d|script)\b[^]*?<\/\1>|<code>(\w+)([^<]*)<\/code>/g,
      (/** @type {string} */ all, _, name = '', rest = '') => {
        const url = isName(String(name), String(rest)) ? exported.get(String(name)) : undefined;
        return url === undefined || url === page.url ? all : `<a href="${up}${url}">${all}</a>`;
      },
    );
    page.contents = text.replaceAll(
      /<span class="tsd-signature-type">([\w.]+)<\/span>/g,
      (/** @type {string} */ all, /** @type {string} */ name) => {
        const url = elsewhere.get(name);
        return url === undefined ? all : `<a class="tsd-signature-type external" href="${url}">${name}</a>`;
      },
    );
  });

  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    mkdirSync(`${outputDirectory}/assets`, { recursive: true });
    const mermaid = new URL('../node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js', import.meta.url);
    copyFileSync(fileURLToPath(mermaid), `${outputDirectory}/assets/mermaid.js`);
  });

  // Pictures have a page's own background, not that of code.
  const style = 'pre.mermaid { background: none; border: none; text-align: center; }';
  app.renderer.hooks.on('head.end', () =>
    JSX.createElement('style', null, JSX.createElement(JSX.Raw, { html: style })),
  );
};
