// tracker, practice: the public catalogue of past incidents, and what worked against interference.
// Holds: reading needs no credential; a file is answered item by item; an export is written as it came, byte for byte.
// Source: services/gateway README.md#the-catalogue-and-good-practice

import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError, EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { answerBatch } from './batch-answer.ts';
import { collect, connect } from './command.ts';
import type { Registration, Run } from './command.ts';

interface Incident {
  readonly id: string;
  readonly title: string;
  readonly dateText: string;
  readonly countries: readonly string[];
  readonly tools: readonly string[];
}

interface Practice {
  readonly id: string;
  readonly area: string;
  readonly title: string;
  readonly noticesLinked: readonly string[];
}

interface Accepted {
  readonly id: string;
  readonly warnings?: readonly string[];
}

const FILES = ['csv', 'json', 'stix'] as const;
const SOURCE = 'partner-catalogue';

/** Registers tracker and practice. */
export const registerTracker: Registration = (program, run) => {
  registerIncidents(program.command('tracker').description('the public catalogue of past incidents'), run);
  registerPractices(program.command('practice').description('good practice that others can adopt'), run);
};

function registerIncidents(tracker: Command, run: Run): void {
  withFilters(tracker.command('search'))
    .description('incidents of the catalogue, newest entry first')
    .addHelpText('before', 'Examples:\n  sitebus tracker search --tool CYBER_OPERATIONS --from 2020-01-01\n')
    .action((options: Filters) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Incident[]; next?: string }>({
          path: '/v1/tracker/incidents',
          query: { ...options, limit: 200 },
        });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'WHEN', of: ({ dateText }) => dateText },
              { heading: 'WHERE', of: ({ countries }) => countries.join(', ') },
              { heading: 'TOOLS', of: ({ tools }) => tools.join(' ') },
              { heading: 'TITLE', of: ({ title }) => title },
              { heading: 'ID', of: ({ id }) => id },
            ],
            context.columns,
          ),
        );
        if (answer.body.next !== undefined) say(context, flags, 'there are more; narrow the search, or export');
        return EXIT.done;
      }),
    );

  withFilters(tracker.command('export <format>'))
    .description(`the catalogue as a file: ${FILES.join(', ')}`)
    .requiredOption('--out <path>', 'where to write it')
    .action((format: string, { out, ...filters }: Filters & { out: string }) =>
      run(async (context, flags) => {
        if (!FILES.some((each) => each === format)) throw usageError(`"${format}" is no format`, `one of ${FILES.join(', ')}`); // prettier-ignore
        const { gateway } = await connect(context, flags);
        const path = `/v1/tracker/incidents.${format}`;
        const response = await gateway.open({ path, query: filters, headers: { accept: '*/*' } });
        const bytes = Buffer.from(await response.arrayBuffer());
        await writeFile(out, bytes);
        printAnswer(
          context,
          flags,
          { marking: response.headers.get('sitebus-marking') ?? undefined, body: { out, bytes: bytes.length } },
          () => [`${out}  ${bytes.length} bytes`],
        );
        return EXIT.done;
      }),
    );

  tracker
    .command('import <file>')
    .description('a catalogue as GeoJSON or CSV, or a list of practices')
    .action((file: string) =>
      run(async (context, flags) => {
        const content = await readFile(file).catch((cause: unknown) => {
          throw new CliError(EXIT.usage, `${file} cannot be read`, { next: 'check the path', cause });
        });
        const { gateway } = await connect(context, flags);
        const answer = await gateway.lines<unknown>({
          method: 'POST',
          path: '/v1/imports/catalogue',
          query: { source: SOURCE },
          raw: { body: content, contentType: 'application/octet-stream' },
        });
        return answerBatch(answer, { source: file }, context, flags);
      }),
    );

  tracker
    .command('add')
    .description('enter an incident; what is entered is public')
    .requiredOption('--file <path>', 'title, text, tools, sources, dateText … as JSON')
    .action(({ file }: { file: string }) => run(sendFile('/v1/tracker/incidents', file, 'entered')));

  tracker
    .command('hide <id>')
    .description('take an incident of your own out of lists and files; it is kept')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accepted>({
          method: 'POST',
          path: `/v1/tracker/incidents/${encodeURIComponent(id)}/hide`,
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`hidden by ${answer.body.id}`]);
        return EXIT.done;
      }),
    );
}

function registerPractices(practice: Command, run: Run): void {
  practice
    .command('list')
    .description('good practice by area, with the notices it comes from')
    .option('--area <word>', 'such as information-sharing')
    .option('--q <text>', 'text that occurs in it')
    .action((query: { area?: string; q?: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Practice[] }>({ path: '/v1/good-practices', query });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'AREA', of: ({ area }) => area },
              { heading: 'TITLE', of: ({ title }) => title },
              { heading: 'NOTICES', of: ({ noticesLinked }) => noticesLinked.join(' ') },
              { heading: 'ID', of: ({ id }) => id },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );

  practice
    .command('add')
    .description('publish a good practice')
    .requiredOption('--file <path>', 'area, title, text, lang, marking … as JSON')
    .action(({ file }: { file: string }) => run(sendFile('/v1/good-practices', file, 'published')));

  practice
    .command('link <id>')
    .description('add public notices to a practice of your own')
    .option('--notice <id>', 'a public notice; repeatable', collect, [])
    .action((id: string, { notice }: { notice: readonly string[] }) =>
      run(async (context, flags) => {
        if (notice.length === 0) throw usageError('no notice is named', 'give --notice, once a notice');
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accepted>({
          method: 'POST',
          path: `/v1/good-practices/${encodeURIComponent(id)}/link`,
          json: { notices: notice },
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`linked by ${answer.body.id}`]);
        return EXIT.done;
      }),
    );
}

interface Filters {
  readonly tool?: string;
  readonly actor?: string;
  readonly country?: string;
  readonly from?: string;
  readonly to?: string;
  readonly q?: string;
}

function withFilters(command: Command): Command {
  return command
    .option('--tool <word>', 'a word of the vocabulary Tool')
    .option('--actor <name>', 'who is publicly said to be behind it')
    .option('--country <name>', 'at whom it was aimed')
    .option('--from <day>', 'going on on or after this day')
    .option('--to <day>', 'going on on or before this day')
    .option('--q <text>', 'text that occurs in it');
}

function sendFile(path: string, file: string, done: string): Parameters<Run>[0] {
  return async (context, flags) => {
    const json = await readFile(file, 'utf8')
      .then((text) => JSON.parse(text) as unknown)
      .catch((cause: unknown) => {
        throw new CliError(EXIT.usage, `${file} is no JSON that can be read`, { next: 'check the path', cause });
      });
    const { gateway } = await connect(context, flags);
    const answer = await gateway.json<Accepted>({
      method: 'POST',
      path,
      json,
      headers: { 'idempotency-key': randomUUID() },
    });
    for (const warning of answer.body.warnings ?? []) say(context, flags, `warning: ${warning}`);
    printAnswer(context, flags, answer, () => [`${done} ${answer.body.id}`]);
    return EXIT.done;
  };
}
