// verify, ledger: whether a delivery is on the ledger, and whether two checkpoints are of one history; recomputed here.
// Holds: what the gateway says is evidence, never a verdict; keys come from this machine or a file, not from the gateway;
// every hash is printed, so that a person can do the sums again. Source: services/ledger/README.md#what-a-proof-shows

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  parseCheckpoint, toHex, verifyCheckpoint, verifyCheckpoints, verifyDelivery,
  type Consistency, type Delivery, type DeliveryPlace, type Verdict, type VerifierKey,
} from '@sitebus/sdk/merkle'; // prettier-ignore
import { isNoticeSigned, type SignableNotice } from '@sitebus/sdk';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { KEYS_OPTION, noteAt, readText, trustedKeys, type Trust } from '../ledger-trust.ts';
import { printAnswer, say } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';
import { registerAudit } from './ledger-audit.ts';

interface Entry {
  readonly index: number;
  readonly text: string;
  readonly marking?: string;
  readonly salt?: string;
}

/** Words of a verdict. */
const WORDS = { PROVEN: 'proven', NOT_PROVEN: 'not proven', NOT_YET_IN_CHECKPOINT: 'not yet in a checkpoint' } as const;
const LOOK_AGAIN_MS = 200;

/** Registers verify and ledger. */
export const registerLedger: Registration = (program, run) => {
  program
    .command('verify <delivery>')
    .description('prove a delivery: its leaf, content, path and signed checkpoint, recomputed here')
    .option(...KEYS_OPTION)
    .option('--wait <seconds>', 'how long a checkpoint may take', '2')
    .addHelpText(
      'before',
      'A delivery is `last`, the number of a leaf, or a file: a line of `tail alerts --json`, or what `verify --json` printed. `notice:<id>` is a notice to the public: its signature is checked.\n\nExamples:\n  sitebus verify last --as analyst\n  sitebus verify delivery.json --keys ledger-keys.txt\n',
    )
    .action((what: string, options: Trust & { readonly wait: string }) =>
      run(async (context, flags) => {
        const keys = await trustedKeys(context, options);
        if (what.startsWith(NOTICE)) return verifyNotice(context, flags, what.slice(NOTICE.length), keys);
        const found = await evidenceOf(context, flags, what, Number(options.wait));
        const verdict = verifyDelivery(found.delivery, found.checkpoint, keys);
        const body = { ...toJson(verdict), delivery: found.delivery, checkpoint: found.checkpoint };
        printAnswer(context, flags, { marking: found.marking, body }, () => verdictLines(found.delivery, verdict));
        return verdict.status === 'PROVEN' ? EXIT.done : EXIT.failed;
      }),
    );

  const ledger = program.command('ledger').description('checkpoints of the ledger');
  registerAudit(ledger, run);
  ledger
    .command('checkpoint')
    .description('the newest signed checkpoint, as a note to keep')
    .option(...KEYS_OPTION)
    .addHelpText('before', 'Examples:\n  sitebus ledger checkpoint > monday.note\n  sitebus ledger checkpoint --json\n')
    .action((options: Trust) =>
      run(async (context, flags) => {
        const keys = await trustedKeys(context, options);
        const { gateway } = await connect(context, flags);
        const note = await noteAt(gateway, '/v1/ledger/checkpoint');
        const signed = verifyCheckpoint(note, keys);
        if (flags.json) {
          const checkpoint = parseCheckpoint(note)?.checkpoint;
          const root = checkpoint && toHex(checkpoint.root);
          context.out(`${JSON.stringify({ ...checkpoint, root, signers: signed?.signers ?? [], note })}\n`);
        } else context.out(note);
        say(
          context,
          flags,
          signed === undefined ? 'no trusted key has signed it' : `signed by ${signed.signers.join(', ')}`,
        );
        return signed === undefined ? EXIT.failed : EXIT.done;
      }),
    );
  ledger
    .command('check <a> <b>')
    .description('whether two checkpoints, files or sizes, are of one history')
    .option(...KEYS_OPTION)
    .addHelpText(
      'before',
      'Examples:\n  sitebus ledger check monday.note friday.note\n  sitebus ledger check monday.note 4130 --json\n',
    )
    .action((a: string, b: string, options: Trust) =>
      run(async (context, flags) => {
        const keys = await trustedKeys(context, options);
        const notes = [await noteOf(context, flags, a), await noteOf(context, flags, b)] as const;
        const hashes = await consistencyOf(context, flags, notes);
        const finding = verifyCheckpoints(notes, hashes, keys);
        const sizes = notes.map((note) => parseCheckpoint(note)?.checkpoint.size);
        const body = { finding, sizes, proof: hashes };
        printAnswer(context, flags, { marking: undefined, body }, () => [
          ...notes.flatMap(headLines),
          ...hashes.map((hash) => `proof     ${toHex(Buffer.from(hash, 'base64'))}`),
          FINDINGS[finding],
        ]);
        return finding === 'CONSISTENT' ? EXIT.done : EXIT.failed;
      }),
    );
};

const NOTICE = 'notice:';

/** Whether a notice is what its service has signed; the notice is the gateway's word, the keys are not. */
async function verifyNotice(
  context: CliContext,
  flags: GlobalFlags,
  id: string,
  keys: readonly VerifierKey[],
): Promise<number> {
  const { gateway } = await connect(context, flags);
  const { body, marking } = await gateway.json<object>({ path: `/v1/notices/${encodeURIComponent(id)}` });
  const notice = body as SignableNotice & { readonly signature?: { readonly by: string; readonly signature: string } };
  const isProven = notice.signature !== undefined && isNoticeSigned(notice, notice.signature.signature, keys);
  const verdict = isProven ? 'proven' : notice.signature === undefined ? 'not proven: it has no signature' : 'not proven: no trusted key of notices has signed this';
  printAnswer(context, flags, { marking, body: { status: isProven ? 'PROVEN' : 'NOT_PROVEN', notice } }, () => [
    `notice    ${notice.id} version ${notice.version}, ${notice.kind}`,
    `english   ${notice.en.title}`,
    `french    ${notice.fr.title}`,
    `decision  ${notice.decisionHash}`,
    ...(notice.signature === undefined ? [] : [`signature ${notice.signature.signature} by ${notice.signature.by}`]),
    verdict,
  ]);
  return isProven ? EXIT.done : EXIT.failed;
} // prettier-ignore

/** Words of a finding. */
const FINDINGS: Readonly<Record<Consistency, string>> = {
  CONSISTENT: 'consistent: the older is the beginning of the newer',
  FORKED: 'FORKED: one ledger has signed two histories',
  NOT_PROVEN: 'not proven: the proof does not lead from the older to the newer',
  UNSIGNED: 'not proven: a checkpoint is not signed by a trusted key',
  OTHER_LOGS: 'not comparable: checkpoints of two ledgers',
};

interface Evidence {
  readonly delivery: Delivery;
  readonly checkpoint: string;
  readonly marking: string | undefined;
}

/** Gathers what is to be judged: from a file that holds all of it, else from the gateway. */
async function evidenceOf(
  context: CliContext,
  flags: GlobalFlags,
  what: string,
  waitSeconds: number,
): Promise<Evidence> {
  const isNamed = what === 'last' || /^\d+$/.test(what);
  const saved = isNamed ? undefined : jsonIn(await readText(context, what), what);
  if (saved?.delivery?.leaf !== undefined && typeof saved.checkpoint === 'string')
    return { delivery: saved.delivery as Delivery, checkpoint: saved.checkpoint, marking: undefined };
  const { gateway } = await connect(context, flags);
  const entry = await entryOf(gateway, what, saved);
  const note = await checkpointBeyond(context, gateway, entry.index, waitSeconds);
  const size = parseCheckpoint(note)?.checkpoint.size ?? 0;
  const proof =
    entry.index < size
      ? (await gateway.json<{ hashes: string[] }>({ path: '/v1/ledger/proof/inclusion', query: { index: entry.index, size } })).body.hashes
      : undefined; // prettier-ignore
  const opening =
    entry.salt === undefined || saved?.id === undefined
      ? undefined
      : { salt: entry.salt, records: [contentOf(saved)], place: placeOf(saved) };
  return {
    delivery: { index: entry.index, leaf: entry.text, proof, opening },
    checkpoint: note,
    marking: entry.marking,
  };
}

interface Saved {
  readonly id?: string;
  readonly leafIndex?: number;
  readonly delivery?: { readonly leafIndex?: number; readonly leaf?: string } & Partial<DeliveryPlace>;
  readonly checkpoint?: unknown;
  readonly cursor?: string;
}

async function entryOf(gateway: Gateway, what: string, saved: Saved | undefined): Promise<Entry> {
  if (what === 'last') {
    const { body } = await gateway.json<{ items: readonly Entry[] }>({ path: '/v1/ledger/entries', query: { limit: 1, decision: 'RELEASED' } }); // prettier-ignore
    const [entry] = body.items;
    if (entry === undefined) throw new CliError(EXIT.failed, 'nothing has been delivered to you in this view');
    return entry;
  }
  const index = saved === undefined ? Number(what) : (saved.delivery?.leafIndex ?? saved.leafIndex);
  if (index === undefined) throw usageError(`${what} names no leaf: neither delivery.leafIndex nor leafIndex`);
  return (await gateway.json<Entry>({ path: `/v1/ledger/entries/${index}` })).body;
}

/** Alerts that went out together share a leaf; each says where in it. */
function placeOf({ delivery }: Saved): DeliveryPlace | undefined {
  const { record, records, path } = delivery ?? {};
  return record === undefined || records === undefined || path === undefined ? undefined : { record, records, path };
}

/** The record as it was delivered: without what the stream and the terminal added to it. */
function contentOf(saved: Saved): { readonly id: string; readonly contentHash: string } {
  const { delivery: _delivery, cursor: _cursor, ...record } = saved;
  return { id: saved.id ?? '', contentHash: createHash('sha256').update(JSON.stringify(record), 'utf8').digest('hex') };
}

/** @returns the newest checkpoint, as soon as it covers the leaf or the time is over. */
async function checkpointBeyond(
  context: CliContext,
  gateway: Gateway,
  index: number,
  waitSeconds: number,
): Promise<string> {
  const giveUpAt = Date.now() + waitSeconds * 1_000;
  for (;;) {
    const note = await noteAt(gateway, '/v1/ledger/checkpoint').catch((error: unknown) => {
      if (error instanceof CliError && error.problem?.status === 404) return ''; // nothing is signed yet
      throw error;
    });
    if ((parseCheckpoint(note)?.checkpoint.size ?? 0) > index || Date.now() >= giveUpAt) return note;
    await pause(LOOK_AGAIN_MS, undefined, { signal: context.signal });
  }
}

/** A note by its size at the gateway, or from a file. */
async function noteOf(context: CliContext, flags: GlobalFlags, word: string): Promise<string> {
  if (!/^\d+$/.test(word)) return readText(context, word);
  const { gateway } = await connect(context, flags);
  return noteAt(gateway, `/v1/ledger/checkpoints/${word}`);
}

/** The gateway's proof between two sizes; none where none is needed, or none is given. */
async function consistencyOf(
  context: CliContext,
  flags: GlobalFlags,
  notes: readonly string[],
): Promise<readonly string[]> {
  const [from = 0, to = 0] = notes.map((note) => parseCheckpoint(note)?.checkpoint.size ?? 0).sort((a, b) => a - b);
  if (from === 0 || from === to) return [];
  const { gateway } = await connect(context, flags);
  const answer = await gateway
    .json<{ hashes: readonly string[] }>({ path: '/v1/ledger/proof/consistency', query: { from, to } })
    .catch((error: unknown) => {
      if (error instanceof CliError && error.problem?.status === 404) return undefined; // it has not so many leaves
      throw error;
    });
  return answer?.body.hashes ?? [];
}

function verdictLines(delivery: Delivery, verdict: Verdict): string[] {
  const { checkpoint } = verdict;
  return [
    `leaf      ${delivery.index}  ${toHex(verdict.leafHash)}`,
    ...verdict.steps.map(({ side, sibling, result }) => `${side.padEnd(5)}     ${toHex(sibling)}  gives ${toHex(result)}`),
    ...(checkpoint === undefined
      ? []
      : [`root      ${checkpoint.size}  ${toHex(checkpoint.root)}`, `signed    ${checkpoint.origin}  ${verdict.signers.join(', ')}  ${checkpoint.at}`]),
    `content   ${verdict.isContentCompared ? 'compared with what was received' : 'not compared: the leaf alone'}`,
    `${WORDS[verdict.status]}${verdict.status === 'NOT_PROVEN' ? `: ${verdict.reason}` : ''}`,
  ]; // prettier-ignore
}

function headLines(note: string): string[] {
  const checkpoint = parseCheckpoint(note)?.checkpoint;
  return [checkpoint === undefined ? 'no checkpoint' : `${checkpoint.origin}  ${checkpoint.size}  ${toHex(checkpoint.root)}  ${checkpoint.at}`];
} // prettier-ignore

function toJson(verdict: Verdict): Record<string, unknown> {
  return {
    status: verdict.status,
    ...(verdict.status === 'NOT_PROVEN' ? { reason: verdict.reason } : {}),
    leafHash: toHex(verdict.leafHash),
    steps: verdict.steps.map(({ side, sibling, result }) => ({ side, sibling: toHex(sibling), result: toHex(result) })),
    signers: verdict.signers,
    isContentCompared: verdict.isContentCompared,
  };
}

function jsonIn(text: string, file: string): Saved {
  try {
    return JSON.parse(text) as Saved;
  } catch (cause) {
    throw new CliError(EXIT.usage, `${file} is not one JSON document`, { cause });
  }
}
