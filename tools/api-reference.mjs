/**
 * The settings of `npm run docs`. A module of the reference is an entry point. What it exports is grouped by the comments that head
 * the sections of its file (`// Serve a request`), in their order: write a name into the section where a reader looks for it.
 */
import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

import { pages } from './api-pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [, repository = ''] = /"url": "git\+(https:.*)\.git"/.exec(readFileSync(`${root}package.json`, 'utf8')) ?? [];
const [, name = ''] = /"name": "(.*)"/.exec(readFileSync(`${root}package.json`, 'utf8')) ?? [];

/** The entry points, in the order of use: how each is imported, and its file in `src`. */
const entries = {
  [name]: 'index.ts',
  [`${name}/operations`]: 'operations/index.ts',
  [`${name}/tables`]: 'tables/index.ts',
  [`${name}/testing`]: 'testing/index.ts',
};
/** The pages, in the order in which a reader needs them. */
const documents = [
  ...['getting-started', 'ports', 'uploads', 'reading', 'patients', 'protocol', 'refusals', 'differences'],
  ...['running', 'troubleshooting'],
].map((page) => `../docs/${page}.md`);
/** The pages of contributors. */
const contributors = ['CONTRIBUTING', 'docs/architecture', 'docs/costs'].map((page) => `../${page}.md`);

/** What stands above the first section. */
const first = 'The whole job';

/**
 * The sections of an entry point, in order: the heading, and the files of `src` and the names that it exports from them.
 *
 * @param {string} entry
 */
const sectionsOf = (entry) =>
  `// ${first}\n${readFileSync(`${root}src/${entry}`, 'utf8')}`
    .split(/^\/\/ /m)
    .slice(1)
    .map((section) => ({
      heading: /^.*/.exec(section)?.[0] ?? '',
      exports: [...section.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from '(.*)\.js'/gm)].map(
        ([, names = '', from = '']) => ({
          names: new Set(names.match(/\w+/g)),
          all: names === '*',
          file: posix.join('src', dirname(entry), `${from}.ts`),
        }),
      ),
    }))
    .filter(({ exports }) => exports.length > 0);

/** @param {import('typedoc').Application} app */
const plugin = (app) => {
  pages(app);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    // A page is named by its heading, not by its file.
    for (const page of project.documents ?? []) {
      const [, heading = page.name] = /^# (.*)/.exec(page.content[0]?.text ?? '') ?? [];
      page.name = heading;
    }
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const entry = Object.entries(entries).find(([, file]) => module.sources?.[0]?.fileName.endsWith(`src/${file}`));
      if (entry === undefined) throw new Error(`${module.name} is no entry point`);
      module.name = entry[0];
      // Said once, at the head of the file.
      const [, what = ''] = /: (.*?\.) /.exec(readFileSync(`${root}src/${entry[1]}`, 'utf8')) ?? [];
      module.comment = new Comment([{ kind: 'text', text: what.charAt(0).toUpperCase() + what.slice(1) }]);
      const sections = sectionsOf(entry[1]);
      for (const child of module.children ?? []) {
        const file = child.sources?.[0]?.fileName ?? '';
        const section =
          sections.find(({ exports }) => exports.some(({ names }) => names.has(child.name))) ??
          sections.find(({ exports }) => exports.some((each) => each.all && each.file === file));
        if (section === undefined) throw new Error(`${child.name} of ${file} is in no section of ${entry[1]}`);
        child.comment ??= new Comment();
        child.comment.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: section.heading }]));
      }
    }
  });
};

const headings = Object.values(entries).flatMap((entry) => sectionsOf(entry).map(({ heading }) => heading));

/** @type {Partial<import('typedoc').TypeDocOptions> & { plugin: unknown }} */
export default {
  plugin: [plugin],
  entryPoints: Object.values(entries).map((file) => `../src/${file}`),
  tsconfig: '../src/tsconfig.json',
  out: '../build/api',
  readme: '../README.md',
  projectDocuments: [...documents, '../SECURITY.md', '../CHANGELOG.md', ...contributors],
  useFirstParagraphOfCommentAsSummary: true,
  highlightLanguages: ['bash', 'javascript', 'json', 'mermaid', 'sh', 'sql', 'typescript'],
  sourceLinkTemplate: `${repository}/blob/{gitRevision}/{path}#L{line}`,
  gitRevision: 'main',
  disableGit: true,
  displayBasePath: root,
  sort: [],
  sortEntryPoints: false,
  groupOrder: headings.filter((heading, at) => headings.lastIndexOf(heading) === at),
  navigation: { includeGroups: true },
  treatWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  intentionallyNotExported: ['Privileges', 'AdmissionByPrivilege', 'ValueJson'],
  requiredToBeDocumented: ['Function', 'Variable', 'Interface', 'TypeAlias', 'Class', 'Method'],
};
