// What `schemas add` writes for a record type, and what a person must do before it is in force.
// Holds: pure but for reading what is there; the version that is replaced is kept, self-contained as it was registered, so
// that compatibility with it is tested for ever; where what is in force cannot be known, nothing is proposed.
// Source: schemas/README.md#to-change-a-record-type

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadKeptVersions, newestOf, OBSERVATION_NAMESPACE, type AvroObject, type RecordSchema } from '@sitebus/sdk';
import { CliError, EXIT } from '../errors.ts';
import type { Candidate } from './candidate.ts';
import { recordsOf, type Contract } from './contract.ts';

/** Files to write, by path below schemas/avro; nothing in them: it is there already. */
export interface Addition {
  readonly subject: string;
  /** Versions to keep. A file that is there already is another's: never overwritten. */
  readonly kept: ReadonlyMap<string, string>;
  /** The record type's own file; undefined: it lies there as it should. */
  readonly own: { readonly file: string; readonly text: string } | undefined;
  /** Examples that are missing or say too little, one line each. */
  readonly examples: readonly string[];
}

/** Works out what is to be written. Throws a CliError 1 where the version in force is unknown here. */
export async function planAddition(contract: Contract, candidate: Candidate, record: RecordSchema): Promise<Addition> {
  const { file, text, isInPlace } = candidate;
  const { subject } = record;
  const replaced = isInPlace ? [] : (await recordsOf(contract)).filter((each) => each.subject === subject);
  if (isInPlace && contract.lock === undefined)
    throw new CliError(EXIT.failed, 'the file lies in the contract already, and no lock says what was in force before', { where: [contract.lockPath], next: 'sitebus provision --plan, or keep the new version elsewhere and add it from there' }); // prettier-ignore
  const locked = contract.lock && newestOf(contract.lock, subject)?.schema;
  const kept = await loadKeptVersions(contract.avroDir, subject);
  const isUnchanged = replaced.some((each) => each.text === record.text);
  const inForce = isUnchanged ? [locked] : [locked, ...replaced.map((each) => each.text)];
  const known = new Set([record.text, ...kept.map((each) => each.text)]);
  const toKeep = [...new Set(inForce)].filter((each) => each !== undefined && !known.has(each));
  return {
    subject,
    kept: new Map(toKeep.map((each, i) => [`versions/${subject}/${kept.length + i + 1}.avsc`, printAvro(each ?? '')])),
    own: isInPlace || isUnchanged ? undefined : { file, text: text.endsWith('\n') ? text : `${text}\n` },
    examples: neededExamples(join(dirname(contract.avroDir), 'examples'), record),
  };
}

/** Self-contained JSON laid out as the files of schemas/avro are: lists of words on one line where they fit. */
export function printAvro(schema: string): string {
  const spread = JSON.stringify(JSON.parse(schema), null, 2);
  const folded = spread.replaceAll(/^(.*)\[\n((?:\s+"[^"\n]*",?\n)+)\s*\](,?)$/gm, (whole, head: string, body: string, comma: string) => {
    const line = `${head}[${body.trim().split(/\s*\n\s*/).join(' ')}]${comma}`;
    return line.length <= MAX_LINE_CHARS ? line : whole;
  }); // prettier-ignore
  return `${folded}\n`;
}

/** As .prettierrc.json has it. */
const MAX_LINE_CHARS = 120;

function neededExamples(dir: string, { type, subject, schema }: RecordSchema): readonly string[] {
  const folder = join(dir, type);
  const isObservation = subject.startsWith(`${OBSERVATION_NAMESPACE}.`);
  const absent = (isObservation ? ['valid/minimal.json', 'valid/full.json'] : ['valid/full.json'])
    .filter((file) => !existsSync(join(folder, file)))
    .map((file) => `schemas/examples/${type}/${file}`);
  const isRefused = existsSync(join(folder, 'invalid')) && readdirSync(join(folder, 'invalid')).length > 0;
  const refused = isObservation && !isRefused ? [`schemas/examples/${type}/invalid/<what-is-wrong>.json, with code and pointer`] : []; // prettier-ignore
  const silent = silentFields(join(folder, 'valid/full.json'), schema);
  const more = silent.length === 0 ? [] : [`schemas/examples/${type}/valid/full.json must say something in ${silent.join(', ')}`]; // prettier-ignore
  return [...absent, ...refused, ...more];
}

/** Fields about which the full example says nothing; none where there is no example. */
function silentFields(path: string, { fields = [] }: AvroObject): readonly string[] {
  if (!existsSync(path)) return [];
  const full = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  const isSilent = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0); // prettier-ignore
  return fields.map(({ name }) => name).filter((name) => isSilent(full[name]));
}
