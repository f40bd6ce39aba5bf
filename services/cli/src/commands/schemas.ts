// schemas list, check, diff, add: the record types of the contract, offline; what a new version may be, and where it goes.
// Holds: nothing is registered here, provision does that; `add` writes only what `check` finds no fault in; a file is
// compared with what is locked and kept, and it is said when no lock is there. Source: README.md#schemas

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  differenceOf,
  featuresIn,
  incompatibilities,
  type AvroObject,
  type KnownVersion,
  type SchemaLock,
} from '@sitebus/sdk';
import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { planAddition, type Addition } from '../schemas/addition.ts';
import { readCandidate, type Candidate } from '../schemas/candidate.ts';
import { isNamed, noSuchType, sidesOf } from '../schemas/comparison.ts';
import { nameOf, openContract, recordsOf, versionsOf, withOwn, type Contract } from '../schemas/contract.ts';
import { differenceLines, ruleChangeNotes, verdictLines, type Verdict } from '../schemas/schema-lines.ts';
import type { Registration } from './command.ts';

interface LockOption {
  readonly lock?: string;
}

/** Registers the schemas commands. */
export const registerSchemas: Registration = (program, run) => {
  const schemas = program
    .command('schemas')
    .description('record types: what is in force, whether a new version may be, what it changes; works offline');
  onLock(schemas.command('list [type]'))
    .description('subjects with version, id and annotations, from the lock; what is not provisioned too')
    .addHelpText('before', 'Examples:\n  sitebus schemas list\n  sitebus schemas list PublicTip --json\n')
    .action((type: string | undefined, options: LockOption) => run((context, flags) => list(context, flags, type, options))); // prettier-ignore
  onLock(schemas.command('check <files...>'))
    .description('whether each is a schema of ours, and goes with every version of its subject')
    .addHelpText('before', 'Examples:\n  sitebus schemas check public-tip.avsc\n  sitebus schemas check schemas/avro/observation/*.avsc --json\n') // prettier-ignore
    .action((files: readonly string[], options: LockOption) => run((context, flags) => check(context, flags, files, options))); // prettier-ignore
  onLock(schemas.command('diff <before> [after]'))
    .description('fields and annotations that differ; each is a file, or a type with a version: PublicTip@1')
    .addHelpText('before', 'Examples:\n  sitebus schemas diff public-tip.avsc             what it would change\n  sitebus schemas diff PublicTip@1 PublicTip@2\n  sitebus schemas diff PublicTip                   what is not provisioned yet\n') // prettier-ignore
    .action((before: string, after: string | undefined, options: LockOption) => run((context, flags) => diff(context, flags, [before, after], options))); // prettier-ignore
  onLock(schemas.command('add <file>'))
    .description('put a checked file into schemas/avro, and keep the version it replaces; registers nothing')
    .option('--dry-run', 'say what would be written, write nothing')
    .addHelpText('before', 'Examples:\n  sitebus schemas add weather-hoax.avsc --dry-run\n  sitebus schemas add weather-hoax.avsc\n') // prettier-ignore
    .action((file: string, options: AddOptions) => run((context, flags) => add(context, flags, file, options))); // prettier-ignore
};

const onLock = (command: Command): Command =>
  command.option('--lock <file>', 'schemas.lock.json (default: in BUS_DATA, else of the stack that runs here)');

interface AddOptions extends LockOption {
  readonly dryRun?: boolean;
}

interface Row {
  readonly subject: string;
  readonly version: number;
  /** null: not in the lock. */
  readonly id: number | null;
  /** unknown: there is no lock. */
  readonly state: 'in force' | 'older' | 'denied' | 'not provisioned' | 'unknown';
  readonly annotations: readonly { readonly path: string; readonly kind: string }[];
}

async function list(context: CliContext, flags: GlobalFlags, type: string | undefined, { lock: given }: LockOption): Promise<number> {
  const contract = await openContract(context, given);
  const { lock } = contract;
  const own = new Map((await recordsOf(contract)).map((record) => [record.subject, record]));
  const subjects = [...new Set([...own.keys(), ...(lock?.entries ?? []).map(({ subject }) => subject)])].sort();
  const wanted = subjects.filter((subject) => type === undefined || isNamed(subject, type));
  if (wanted.length === 0) throw noSuchType(type ?? '');
  const rows = await Promise.all(
    wanted.map(async (subject) => withOwn(await versionsOf(contract, subject), own.get(subject)).map((version, index, all) => rowOf(subject, version, lock, all.slice(index + 1)))),
  );
  if (flags.json) rows.flat().forEach((row) => context.out(`${JSON.stringify(row)}\n`));
  else
    context.out(`${renderColumns(rows.flat(), [
      { heading: 'SUBJECT', of: ({ subject }) => subject },
      { heading: 'VERSION', of: ({ version }) => String(version) },
      { heading: 'ID', of: ({ id }) => String(id ?? '–') },
      { heading: 'STATE', of: ({ state }) => state },
      { heading: 'ANNOTATIONS', of: ({ annotations }) => annotations.map(({ path, kind }) => `${path} ${kind}`).join(' · ') },
    ], context.columns).join('\n')}\n`);
  sayLock(context, flags, contract);
  return EXIT.done;
} // prettier-ignore

function rowOf(subject: string, known: KnownVersion, lock: SchemaLock | undefined, later: readonly KnownVersion[]): Row {
  const { version, id, schema } = known;
  const annotations = featuresIn(JSON.parse(schema) as AvroObject);
  return { subject, version, id: id ?? null, state: stateOf(id, lock, later), annotations };
} // prettier-ignore

/** A version that is locked is followed by a locked one alone; one that is not, by any. */
function stateOf(id: number | undefined, lock: SchemaLock | undefined, later: readonly KnownVersion[]): Row['state'] {
  if (id !== undefined && lock?.denied.includes(id) === true) return 'denied';
  if (later.some((each) => id === undefined || each.id !== undefined)) return 'older';
  if (id !== undefined) return 'in force';
  return lock === undefined ? 'unknown' : 'not provisioned';
}

async function check(context: CliContext, flags: GlobalFlags, files: readonly string[], { lock }: LockOption): Promise<number> {
  const contract = await openContract(context, lock);
  const verdicts: Verdict[] = [];
  for (const file of files) verdicts.push(verdictOf(await readCandidate(contract, file, context.cwd)));
  for (const verdict of verdicts) print(context, flags, verdict, verdictLines(verdict));
  sayLock(context, flags, contract);
  return verdicts.every(({ isOk }) => isOk) ? EXIT.done : EXIT.failed;
} // prettier-ignore

function verdictOf({ path, faults, records, isShared }: Candidate): Verdict {
  const earlier = records.flatMap(({ record, versions }) =>
    versions.map((version) => (isShared ? `${record.type} ${nameOf(version)}` : nameOf(version))),
  );
  const notes = records.flatMap(({ record, versions }) => {
    const newest = versions.at(-1);
    if (newest === undefined || faults.length > 0) return [];
    const changed = ruleChangeNotes(differenceOf(JSON.parse(newest.schema) as AvroObject, record.schema).annotations);
    return isShared ? changed.map((note) => `${record.type}: ${note}`) : changed;
  });
  const subject = isShared ? null : (records[0]?.record.subject ?? null);
  return { path, subject, isOk: faults.length === 0, against: earlier, faults, notes };
}

async function diff(context: CliContext, flags: GlobalFlags, words: readonly [string, string | undefined], { lock }: LockOption): Promise<number> {
  const contract = await openContract(context, lock);
  const [before, after] = await sidesOf(contract, words, context.cwd);
  const { subject } = before;
  if (subject !== after.subject)
    throw usageError(`${subject} and ${after.subject} are two record types`, 'sitebus schemas diff --help');
  const difference = differenceOf(JSON.parse(before.schema) as AvroObject, JSON.parse(after.schema) as AvroObject);
  const reasons = incompatibilities(after.schema, [before]);
  const body = { subject, before: before.name, after: after.name, ...difference, isCompatible: reasons.length === 0, reasons };
  print(context, flags, body, [
    `${subject}: ${before.name} → ${after.name}`,
    ...differenceLines(difference, before.schema === after.schema),
    ...(reasons.length === 0 ? ['each reads what the other wrote'] : reasons.map((reason) => `INCOMPATIBLE  ${reason}`)),
  ]);
  sayLock(context, flags, contract);
  return EXIT.done;
} // prettier-ignore

async function add(context: CliContext, flags: GlobalFlags, file: string, { lock, dryRun = false }: AddOptions): Promise<number> {
  const contract = await openContract(context, lock);
  const candidate = await readCandidate(contract, file, context.cwd);
  if (candidate.isShared)
    throw usageError('a shared part is edited where it lies', `sitebus schemas check ${file}`);
  const verdict = verdictOf(candidate);
  const [own] = candidate.records;
  if (!verdict.isOk || own === undefined) {
    print(context, flags, verdict, [...verdictLines(verdict), 'nothing was written']);
    return EXIT.failed;
  }
  const addition = await planAddition(contract, candidate, own.record);
  if (!dryRun) await writeAddition(contract, addition);
  const files = [...addition.kept.keys(), ...(addition.own === undefined ? [] : [addition.own.file])].map((each) => join(contract.avroDir, each));
  const next = nextSteps(addition);
  print(context, flags, { subject: addition.subject, files, isWritten: !dryRun && files.length > 0, notes: verdict.notes, next }, [
    ...(files.length === 0 ? [`${addition.subject} is there already, as it is in the file`] : files.map((each) => `${dryRun ? 'would be' : 'wrote'}  ${each}`)),
    ...verdict.notes.map((note) => `note   ${note}`),
  ]);
  if (!flags.json) say(context, flags, ['nothing is registered: provision does that', ...next.map((step) => `next:  ${step}`)].join('\n'));
  sayLock(context, flags, contract);
  return EXIT.done;
} // prettier-ignore

/** Kept versions first: whatever happens after that, what was in force is not lost. */
async function writeAddition({ avroDir }: Contract, { kept, own }: Addition): Promise<void> {
  for (const [file, text] of kept) {
    const path = join(avroDir, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' }).catch((cause: unknown) => {
      throw new CliError(EXIT.failed, 'the version in force cannot be kept, so nothing was replaced', { where: [path], next: 'look who else adds a version', cause }); // prettier-ignore
    });
  }
  if (own === undefined) return;
  const part = join(avroDir, `${own.file}.${process.pid}.part`);
  await writeFile(part, own.text);
  await rename(part, join(avroDir, own.file));
}

function nextSteps({ examples, kept, own }: Addition): readonly string[] {
  const isNew = own !== undefined && kept.size === 0;
  const isWritten = own !== undefined || kept.size > 0;
  return [
    ...examples,
    ...(isWritten ? ['npm run format', 'npm run schemas:types && npm run schemas:golden', 'node test/run.js unit sdk'] : []), // prettier-ignore
    ...(isNew ? ['schemas/policy/writers.json, where not every agency may write it'] : []),
    'sitebus provision --plan',
  ];
}

function print(context: CliContext, { json }: GlobalFlags, body: object, lines: readonly string[]): void {
  context.out(json ? `${JSON.stringify(body)}\n` : `${lines.join('\n')}\n`);
}

/** What no lock says is said: an answer without one is about this checkout alone. */
function sayLock(context: CliContext, flags: GlobalFlags, { lock, lockPath }: Contract): void {
  if (lock === undefined)
    say(context, flags, `no lock at ${lockPath}: what is in force is not known here, only what the checkout keeps`); // prettier-ignore
  else if (lock.denied.length > 0) say(context, flags, `denied ids: ${lock.denied.join(', ')}`);
}
