// ledger audit: walk a ledger's checkpoints and one's own leaves, and prove each; against what earlier audits have seen too.
// Holds: every hash is recomputed here, under keys of this machine; what was not looked at is counted and said; a checkpoint
// that an audit has proven is kept, so that a history that is rewritten later is found. Source: README.md#auditing-a-ledger

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  parseCheckpoint, toHex, verifyCheckpoint, verifyCheckpoints, verifyDelivery,
  type Consistency, type VerifierKey,
} from '@sitebus/sdk/merkle'; // prettier-ignore
import type { Command } from 'commander';
import envPaths from 'env-paths';
import type { CliContext } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { KEYS_OPTION, noteAt, readText, trustedKeys, type Trust } from '../ledger-trust.ts';
import { printAnswer } from '../render/answer.ts';
import { connect, type Run } from './command.ts';

interface AuditOptions extends Trust {
  readonly checkpoints: string;
  readonly leaves: string;
  readonly tree: string;
  readonly since?: string;
}

/** What an audit has found; `findings` is empty where nothing contradicts anything. */
interface Audit {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly signers: readonly string[];
  readonly checkpoints: { readonly walked: number; readonly downTo: number; readonly isWhole: boolean };
  readonly earlier: readonly { readonly from: string; readonly size: number; readonly finding: Consistency }[];
  readonly leaves: { readonly proven: number; readonly notYet: number; readonly isWhole: boolean };
  readonly findings: readonly string[];
}

interface Entry {
  readonly index: number;
  readonly text: string;
}

/** Registers `ledger audit`. */
export function registerAudit(ledger: Command, run: Run): void {
  ledger
    .command('audit')
    .description(
      'prove that the ledger only ever grew, and that your own leaves are in it; a reviewer proves everybody’s',
    )
    .option(...KEYS_OPTION)
    .option('--checkpoints <n>', 'how many to walk, the newest first', '50')
    .option('--leaves <n>', 'how many to prove, the newest first', '200')
    .option('--since <file>', 'a checkpoint that you kept, from `ledger checkpoint`')
    .option('--tree <tree>', 'releases, or denials, which are for reviewers', 'releases')
    .addHelpText(
      'before',
      'Examples:\n  sitebus ledger audit --as reviewer\n  sitebus ledger audit --since monday.note --checkpoints 1000 --json\n',
    ) // prettier-ignore
    .action((options: AuditOptions) =>
      run(async (context, flags) => {
        const keys = await trustedKeys(context, options);
        const { gateway } = await connect(context, flags);
        const { audit, marking } = await auditOf(context, gateway, keys, options);
        printAnswer(context, flags, { marking, body: audit }, () => linesOf(audit));
        return audit.findings.length === 0 ? EXIT.done : EXIT.failed;
      }),
    );
}

async function auditOf(context: CliContext, gateway: Gateway, keys: readonly VerifierKey[], options: AuditOptions) {
  const { tree } = options;
  const findings: string[] = [];
  const newest = await noteAt(gateway, '/v1/ledger/checkpoint', { tree });
  const signed = verifyCheckpoint(newest, keys);
  if (signed === undefined)
    throw new CliError(EXIT.failed, 'no trusted key has signed the newest checkpoint, so nothing of it is believed', {
      where: [parseCheckpoint(newest)?.checkpoint.origin ?? 'it is no checkpoint'],
      next: 'ask who runs the ledger for its keys, and give --keys <file>',
    });
  const { origin, size, root } = signed.checkpoint;
  const proofs = { gateway, keys, tree };
  const checkpoints = await walkCheckpoints(proofs, newest, countIn(options.checkpoints, '--checkpoints'), findings);
  const kept = keptPath(context, origin, signed.signers[0] ?? '');
  const earlier: Audit['earlier'][number][] = [];
  for (const [from, note] of await earlierNotes(context, kept, options.since)) {
    const finding = await findingOf(proofs, note, newest);
    earlier.push({ from, size: parseCheckpoint(note)?.checkpoint.size ?? 0, finding });
    if (finding !== 'CONSISTENT') findings.push(`${from}: ${finding}`);
  }
  const { leaves, marking } = await proveLeaves(proofs, newest, size, countIn(options.leaves, '--leaves'), findings);
  if (findings.length === 0) await keep(kept, newest);
  const audit: Audit = { origin, size, root: toHex(root), signers: signed.signers, checkpoints, earlier, leaves, findings }; // prettier-ignore
  return { audit, marking };
}

interface Proofs {
  readonly gateway: Gateway;
  readonly keys: readonly VerifierKey[];
  readonly tree: string;
}

/** From each to the one before it, while there are any and `most` are not reached. */
async function walkCheckpoints(proofs: Proofs, newest: string, most: number, findings: string[]) {
  let walked = 1;
  let isWhole = false;
  let [newer, size] = [newest, sizeOf(newest)];
  while (walked < most) {
    const note = await unless404(noteAt(proofs.gateway, '/v1/ledger/checkpoint', { tree: proofs.tree, before: size }));
    if (note === undefined) {
      isWhole = true;
      break;
    }
    const finding = await findingOf(proofs, note, newer);
    if (finding !== 'CONSISTENT' || sizeOf(note) >= size) {
      findings.push(`checkpoints of ${sizeOf(note)} and ${size}: ${finding}`);
      break; // whoever answers so may answer for ever
    }
    [newer, size] = [note, sizeOf(note)];
    walked += 1;
  }
  return { walked, downTo: size, isWhole };
}

async function findingOf({ gateway, keys, tree }: Proofs, a: string, b: string): Promise<Consistency> {
  const [from = 0, to = 0] = [sizeOf(a), sizeOf(b)].sort((x, y) => x - y);
  const answer =
    from === 0 || from === to
      ? undefined
      : await unless404(gateway.json<{ hashes: readonly string[] }>({ path: '/v1/ledger/proof/consistency', query: { tree, from, to } })); // prettier-ignore
  return verifyCheckpoints([a, b], answer?.body.hashes ?? [], keys);
}

/** Every leaf that is shown to the caller, the newest first. */
async function proveLeaves(proofs: Proofs, note: string, size: number, most: number, findings: string[]) {
  const { gateway, keys, tree } = proofs;
  const counts = { proven: 0, notYet: 0 };
  let cursor: string | undefined;
  let marking: string | undefined;
  let asked = 0;
  do {
    const query = { tree, limit: Math.min(PAGE, most - asked), cursor };
    const page = await gateway.json<{ items: readonly Entry[]; next?: string }>({ path: '/v1/ledger/entries', query });
    marking ??= page.marking;
    for (const { index, text } of page.body.items) {
      const query = { tree, index, size };
      const proof = index < size ? await unless404(gateway.json<{ hashes: string[] }>({ path: '/v1/ledger/proof/inclusion', query })) : undefined; // prettier-ignore
      const verdict = verifyDelivery({ index, leaf: text, proof: proof?.body.hashes }, note, keys);
      if (verdict.status === 'NOT_PROVEN') findings.push(`leaf ${index}: ${verdict.reason}`);
      else counts[verdict.status === 'PROVEN' ? 'proven' : 'notYet'] += 1;
    }
    asked += page.body.items.length;
    cursor = page.body.next;
  } while (cursor !== undefined && asked < most);
  return { leaves: { ...counts, isWhole: cursor === undefined }, marking };
}

const PAGE = 200;

/** Checkpoints of before: what an earlier audit kept, and the file that is named. Each with where it is from. */
async function earlierNotes(context: CliContext, kept: string, since: string | undefined) {
  const before = await readFile(kept, 'utf8').catch(() => undefined);
  return [
    ...(before === undefined ? [] : [['the last audit here', before] as const]),
    ...(since === undefined ? [] : [[since, await readText(context, since)] as const]),
  ];
}

/** A file a ledger and key: another key is another ledger's, or one that was begun anew. */
function keptPath({ env }: CliContext, origin: string, signer: string): string {
  const folder = env['XDG_STATE_HOME']
    ? join(env['XDG_STATE_HOME'], 'sitebus')
    : envPaths('sitebus', { suffix: '' }).log; // `log` is the state folder
  return join(folder, 'audited', `${`${origin} ${signer}`.replaceAll(/[^\w.+-]/g, '_')}.note`);
}

async function keep(path: string, note: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, note, { mode: 0o600 });
  await rename(part, path);
}

const sizeOf = (note: string): number => parseCheckpoint(note)?.checkpoint.size ?? 0;

function countIn(text: string, option: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw usageError(`${option} ${text} is no number of them`, 'sitebus ledger audit --help'); // prettier-ignore
  return count;
}

/** What is not there is undefined; anything else that is refused is thrown. */
async function unless404<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof CliError && error.problem?.status === 404) return undefined;
    throw error;
  });
}

function linesOf({ origin, size, root, signers, checkpoints, earlier, leaves, findings }: Audit): string[] {
  const { walked, downTo, isWhole } = checkpoints;
  return [
    `ledger       ${origin}  ${size}  ${root}`,
    `signed       ${signers.join(', ')}`,
    `checkpoints  ${walked} walked, down to ${downTo}${isWhole ? ', the oldest there is' : '; older ones were not asked for: --checkpoints'}`,
    ...(earlier.length === 0 ? ['earlier      none was kept here; this one is kept for the next audit'] : earlier.map(({ from, size: of, finding }) => `earlier      ${of} of ${from}: ${finding.toLowerCase()}`)),
    `leaves       ${leaves.proven} proven, ${leaves.notYet} not yet in a checkpoint${leaves.isWhole ? '' : '; older ones were not asked for: --leaves'}`,
    ...findings.map((finding) => `NOT PROVEN   ${finding}`),
    findings.length === 0 ? 'nothing contradicts anything: the ledger only grew' : 'the ledger is not what it was signed to be: keep both checkpoints, and tell a reviewer',
  ]; // prettier-ignore
}
