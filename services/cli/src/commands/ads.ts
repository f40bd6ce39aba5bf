// ads: the public registry of political advertising; what a platform or the election administration enters, and its clock.
// Holds: searching needs no credential; a file is answered item by item; what was remarked of an entry is said beside it.
// Source: services/gateway README.md#public-matters

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError, EXIT } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { answerBatch } from './batch-answer.ts';
import { connect } from './command.ts';
import type { Registration, Run } from './command.ts';

interface Ad {
  readonly id: string;
  readonly platformId: string;
  readonly buyerName: string;
  readonly authoriserName?: string;
  readonly firstDisplayedAt: string;
  readonly flags: readonly string[];
}

interface ComplianceRow {
  readonly day: string;
  readonly platformId: string;
  readonly entries: number;
  readonly inTime: number;
  readonly late: number;
  readonly missing: number;
  readonly isInGap?: boolean;
}

/** When the registry's keeper did not observe; without `to` it lasts. */
interface Gap {
  readonly from: string;
  readonly to?: string;
  readonly reason: string;
}

interface Entered {
  readonly id?: string;
  readonly outcome: string;
  readonly flags: readonly string[];
}

/** Registers ads. */
export const registerAds: Registration = (program, run) => {
  const ads = program.command('ads').description('the public registry of political advertising');
  registerSearch(ads, run);
  registerFile(ads, run, 'submit', 'enter ads from a file, CSV or JSON', 'ads', 'elections-ads');
  registerFile(ads, run, 'arrange', 'register foreign arrangements from a file', 'arrangements', 'elections-arrangements');
  registerSight(ads, run);
  registerCompliance(ads, run);
}; // prettier-ignore

function registerSearch(ads: Command, run: Run): void {
  ads
    .command('search')
    .description('entries that are public, newest first')
    .option('--party <party>', 'a registered party')
    .option('--riding <riding>', 'aimed at it, or at all')
    .option('--platform <platform>', 'displayed on it')
    .option('--day <day>', 'displayed on this local day, yyyy-mm-dd')
    .addHelpText('before', "Examples:\n  sitebus ads search --party alder --riding 'Harrow Lake' --day 2031-09-30\n")
    .action((options: Readonly<Record<'party' | 'riding' | 'platform' | 'day', string | undefined>>) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Ad[]; next?: string }>({
          path: '/v1/ads',
          query: { ...options, limit: 200 },
        });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'DISPLAYED', of: ({ firstDisplayedAt }) => firstDisplayedAt.slice(0, 16) },
              { heading: 'PLATFORM', of: ({ platformId }) => platformId },
              { heading: 'BUYER', of: ({ buyerName }) => buyerName },
              { heading: 'AUTHORISED BY', of: ({ authoriserName }) => authoriserName ?? '–' },
              { heading: 'FLAGS', of: (ad) => ad.flags.join(' ') },
              { heading: 'ID', of: ({ id }) => id },
            ],
            context.columns,
          ),
        );
        if (answer.body.next !== undefined) say(context, flags, 'there are more; narrow the search');
        return EXIT.done;
      }),
    );
}

function registerFile(ads: Command, run: Run, name: string, what: string, format: string, source: string): void {
  ads
    .command(`${name} <file>`)
    .description(what)
    .action((file: string) =>
      run(async (context, flags) => {
        const content = await readFile(file).catch((cause: unknown) => {
          throw new CliError(EXIT.usage, `${file} cannot be read`, { next: 'check the path', cause });
        });
        const { gateway } = await connect(context, flags);
        const raw = { body: content, contentType: 'application/octet-stream' };
        const answer = await gateway.lines<unknown>({ method: 'POST', path: `/v1/imports/${format}`, query: { source }, raw }); // prettier-ignore
        return answerBatch(answer, { source: file }, context, flags);
      }),
    );
}

function registerSight(ads: Command, run: Run): void {
  ads
    .command('sight')
    .description('report an ad that was seen; without an entry it is found missing when its local day ends')
    .requiredOption('--platform <platform>', 'where')
    .requiredOption('--election <election>', 'its id of policy')
    .option('--ad <id>', 'the platform’s own name of the ad')
    .option('--creative <sha256>', 'hash of the copy')
    .option('--landing <url>', 'where a click leads')
    .option('--seen <instant>', 'with its offset; default now')
    .action((options: Readonly<Record<string, string | undefined>>) =>
      run(async (context, flags) => {
        const { platform, election, ad, creative, landing, seen } = options;
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Entered>({
          method: 'POST',
          path: '/v1/ads/sightings',
          json: { platformId: platform, electionId: election, adId: ad, creativeSha256: creative, landingUrl: landing, seenAt: seen },
          headers: { 'idempotency-key': randomUUID() },
        }); // prettier-ignore
        printAnswer(context, flags, answer, () => [[answer.body.outcome, answer.body.id ?? ''].join(' ').trim()]);
        return EXIT.done;
      }),
    );
}

function registerCompliance(ads: Command, run: Run): void {
  ads
    .command('compliance')
    .description('by local day and platform: what was entered in time, late, or never')
    .option('--platform <platform>', 'of one platform')
    .option('--from <day>', 'first day, yyyy-mm-dd')
    .option('--to <day>', 'last day, yyyy-mm-dd')
    .action((options: Readonly<Record<'platform' | 'from' | 'to', string | undefined>>) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly ComplianceRow[]; gaps?: readonly Gap[] }>({
          path: '/v1/ads/compliance',
          query: { ...options },
        });
        printAnswer(context, flags, answer, () => [
          ...(answer.body.gaps ?? []).map(({ from, to, reason }) => `gap  ${from} – ${to ?? 'it lasts'}  ${reason}`),
          ...renderColumns(
            answer.body.items,
            [
              { heading: 'DAY', of: ({ day }) => day },
              { heading: 'PLATFORM', of: ({ platformId }) => platformId },
              { heading: 'ENTERED', of: ({ entries }) => String(entries) },
              { heading: 'IN TIME', of: ({ inTime }) => String(inTime) },
              { heading: 'LATE', of: ({ late }) => String(late) },
              { heading: 'MISSING', of: ({ missing }) => String(missing) },
              { heading: 'GAP', of: ({ isInGap }) => (isInGap === true ? 'not observed all day' : '') },
            ],
            context.columns,
          ),
        ]);
        return EXIT.done;
      }),
    );
}
