// list, get: what the reader may see, as a table or a whole document.
// Holds: pages are followed only as far as --limit asks, and a list that goes on says so; an id that was merged away says
// "now …" and shows its successor; hidden and absent are one answer.

import { CliError, EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { printJson, printLines, say } from '../render/answer.ts';
import { cutTo } from '../render/columns.ts';
import { bannerOf, blockOf, lineOf } from '../render/record.ts';
import type { ReleasedRecord } from '../render/record.ts';
import { collect, connect, readFilters } from './command.ts';
import type { Registration } from './command.ts';

/** Kinds that have a list, by the word typed: the path under /v1. */
export const LISTS: Readonly<Record<string, string>> = {
  observations: '/v1/observations',
  assessments: '/v1/assessments',
  alerts: '/v1/alerts',
};

/** A word that somebody typed may be the name of a method. */
const pathOf = (kind: string): string | undefined => (Object.hasOwn(LISTS, kind) ? LISTS[kind] : undefined);

interface Page {
  readonly items: readonly ReleasedRecord[];
  readonly next?: string | null;
}

const PAGE_MAX = 200;

/** Registers list and get. */
export const registerRead: Registration = (program, run) => {
  program
    .command('list <kind>')
    .description(`a table of ${Object.keys(LISTS).join(', ')}`)
    .option('--filter <name=value>', 'narrow it; may be repeated', collect, [])
    .option('--limit <n>', 'at most so many', '50')
    .addHelpText(
      'before',
      'Examples:\n  sitebus list assessments --filter severityMin=60 --as analyst\n  sitebus list observations --limit 500 --json\n',
    )
    .action((kind: string, { filter, limit }: { readonly filter: readonly string[]; readonly limit: string }) =>
      run(async (context, flags) => {
        const path = pathOf(kind) ?? unknownKind(kind);
        const wanted = wholeNumber('--limit', limit);
        const { gateway } = await connect(context, flags);
        const { items, marking, more } = await readList(gateway, path, readFilters(filter), wanted);
        if (flags.json) items.forEach((item) => printJson(context, bannerOf(item) ?? marking, item));
        else
          printLines(
            context,
            marking,
            items.length === 0 ? ['nothing matches'] : items.map((item) => cutTo(lineOf(kind, item), context.columns)),
          );
        if (more) say(context, flags, `there are more than ${items.length}: --limit, or --filter`);
        return EXIT.done;
      }),
    );

  program
    .command('get <kind> <id>')
    .description('one document, whole')
    .option('--as-of <time>', 'as it was then, RFC 3339')
    .addHelpText(
      'before',
      'Examples:\n  sitebus get assessment 0b0e7a5c-… --as analyst\n  sitebus get observation 1f2a… --json\n',
    )
    .action((kind: string, id: string, { asOf }: { readonly asOf?: string }) =>
      run(async (context, flags) => {
        const plural = pathOf(kind) === undefined ? `${kind}s` : kind;
        const path = pathOf(plural) ?? unknownKind(kind);
        const { gateway } = await connect(context, flags);
        const answer = await getFollowing(gateway, `${path}/${encodeURIComponent(id)}`, asOf);
        if (answer.now !== undefined) say(context, flags, `${id} is now ${answer.now}`);
        if (flags.json) printJson(context, answer.marking, answer.body);
        else
          printLines(context, answer.marking ?? bannerOf(answer.body), [
            ...(answer.now === undefined ? [] : [`now ${answer.now}`]),
            ...blockOf(answer.body),
          ]);
        return EXIT.done;
      }),
    );
};

/** Reads a list page by page up to `wanted` items. */
export async function readList(
  gateway: Gateway,
  path: string,
  query: Readonly<Record<string, string>>,
  wanted: number,
): Promise<{
  readonly items: readonly ReleasedRecord[];
  readonly marking: string | undefined;
  readonly more: boolean;
}> {
  const items: ReleasedRecord[] = [];
  let cursor: string | undefined;
  let marking: string | undefined;
  do {
    const limit = Math.min(PAGE_MAX, wanted - items.length);
    const page = await gateway.json<Page>({ path, query: { ...query, limit, cursor } });
    items.push(...page.body.items);
    marking ??= page.marking; // markings of later pages are on their items
    cursor = page.body.next ?? undefined;
  } while (cursor !== undefined && items.length < wanted);
  return { items, marking, more: cursor !== undefined };
}

/** Follows redirects of merged assessments; a chain that comes back to itself ends with an error. */
export async function getFollowing(gateway: Gateway, path: string, asOf?: string) {
  const seen = new Set<string>();
  let now: string | undefined;
  for (let at = path; !seen.has(at);) {
    seen.add(at);
    const answer = await gateway.json<ReleasedRecord>({ path: at, query: { asOf } });
    if (answer.status !== 307 || answer.location === undefined) return { ...answer, now };
    at = new URL(answer.location, 'http://gateway').pathname;
    now = decodeURIComponent(at.split('/').at(-1) ?? '');
  }
  throw new CliError(EXIT.failed, 'the redirects go in a circle', { where: [...seen], next: 'sitebus doctor' });
}

function unknownKind(kind: string): never {
  throw usageError(`"${kind}" is no kind`, `one of ${Object.keys(LISTS).join(', ')}`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw usageError(`${option} takes a whole number from 1, not "${text}"`);
  return value;
}
