/**
 * `npm run api` writes what each entry point exports, with its types, to `tools/api`. `npm run api:check` fails if that has
 * changed. Both read the declarations in `dist`: run `npm run build` first.
 */
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const folder = fileURLToPath(new URL('..', import.meta.url));
const isUpdate = process.argv.includes('--update');
const reports = {
  'front-door': 'index',
  operations: 'operations/index',
  tables: 'tables/index',
  testing: 'testing/index',
};

const silent = { logLevel: ExtractorLogLevel.None };
/**
 * Prints only errors.
 *
 * @param {import('@microsoft/api-extractor').ExtractorMessage} message
 */
const messageCallback = (message) => {
  if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true;
};
/** @type {(name: string, entry: string) => ExtractorConfig} */
const reportOf = (name, entry) =>
  ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: `${folder}package.json`,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: `${folder}dist/${entry}.d.ts`,
      compiler: { tsconfigFilePath: `${folder}src/tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${folder}tools/api`,
        reportTempFolder: `${folder}build/api-report`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // Typedoc and eslint judge the comments and what is not exported.
        extractorMessageReporting: { default: silent },
        tsdocMessageReporting: { default: silent },
      },
    },
  });

mkdirSync(`${folder}tools/api`, { recursive: true });
for (const [name, entry] of Object.entries(reports)) {
  const { succeeded, apiReportChanged } = Extractor.invoke(reportOf(name, entry), {
    localBuild: isUpdate,
    messageCallback,
  });
  if (apiReportChanged && !isUpdate)
    console.error(
      `${entry} exports other names or types than tools/api/${name}.api.md says. If this is meant: npm run api`,
    );
  if (!succeeded) process.exitCode = 1;
}
