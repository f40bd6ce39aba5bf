// import: files as they come from elsewhere, each answered item by item.
// Holds: each file is one request; a bad file costs only itself; the exit code is the worst of all.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { IMPORT_FORMATS, isImportFormat } from '@sitebus/sdk';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, renderError, usageError } from '../errors.ts';
import { answerBatch } from './batch-answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

/** Registers import. */
export const registerImport: Registration = (program, run) => {
  program
    .command('import <format> <files...>')
    .description(`read files of a format: ${IMPORT_FORMATS.join(' ')}`)
    .option('--source <name>', "the source a signed import decision names (default: the file's name without extension)")
    .addHelpText(
      'before',
      'Examples:\n  sitebus import misp event.json --as operator --source misp-exchange\n  sitebus import posts monday.csv tuesday.csv --as operator --source state-media\n',
    )
    .action((format: string, files: readonly string[], flags: { readonly source?: string }) =>
      run(async (context, global) => {
        if (!isImportFormat(format))
          throw usageError(`"${format}" is no format`, `one of ${IMPORT_FORMATS.join(', ')}`);
        let worst: number = EXIT.done;
        for (const file of files)
          worst = Math.max(worst, await importFile(format, file, flags.source, context, global));
        return worst;
      }),
    );
};

async function importFile(
  format: string,
  file: string,
  source: string | undefined,
  context: CliContext,
  global: GlobalFlags,
): Promise<number> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (cause) {
    context.err(
      renderError(
        new CliError(EXIT.usage, `${file} cannot be read`, { next: 'check the path', cause }),
        global.json ?? false,
      ),
    );
    return EXIT.usage;
  }
  const { gateway } = await connect(context, global);
  const answer = await gateway.lines<unknown>({
    method: 'POST',
    path: `/v1/imports/${format}`,
    query: { source: source ?? basename(file).replace(/\.[^.]*$/, '') },
    raw: { body: content, contentType: 'application/octet-stream' },
  });
  const text = content.toString('utf8');
  const lines = isJson(text) && !JSON_LINES.includes(format) ? undefined : text.split('\n'); // items of JSON are numbered
  return answerBatch(answer, { source: file, ...(lines === undefined ? {} : { lines }) }, context, global);
}

/** Formats whose items are lines of JSON. */
const JSON_LINES: readonly string[] = ['eve'];

/** Some formats are sent as a table or as JSON; the first character tells. */
function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
