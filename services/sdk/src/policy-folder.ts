// A folder of policy as its files: each read once it is asked for, as JSON that fits the JSON Schema that lies beside it.
// Holds: a fault names the file and the JSON pointer, never a value; nothing is known here of what a file says.
// Source: README.md#policy

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { invalidPolicy } from './errors.ts';

/** The files of one folder; each function rejects with INVALID_POLICY (not retriable) {file, pointer, reason} at the first fault. */
export interface PolicyFolder {
  /** The content of `<name>.json`; `check` names its JSON Schema where that is called otherwise. */
  readonly read: <F>(name: string, check?: string) => Promise<F>;
  /** Names, as `read` takes them, of the files in a folder within; sorted. */
  readonly namesIn: (folder: string) => Promise<readonly string[]>;
}

/** Opens a folder laid out like schemas/policy, its JSON Schemas in `schema`. */
export async function openPolicyFolder(dir: string): Promise<PolicyFolder> {
  const checks = await loadChecks(join(dir, 'schema'));
  return {
    read: async <F>(name: string, check = name) =>
      checked(await readJson(dir, `${name}.json`), name, checks.get(check)) as F,
    namesIn: async (folder) =>
      (await filesIn(join(dir, folder), folder)).sort().map((file) => `${folder}/${file.replace(/\.json$/, '')}`),
  };
}

async function loadChecks(dir: string): Promise<ReadonlyMap<string, ValidateFunction>> {
  const files = (await filesIn(dir, 'schema')).sort();
  const checks = await Promise.all(
    files.map(async (file) => [file.replace(/\.json$/, ''), checkOf((await readJson(dir, file)) as object)] as const),
  );
  return new Map(checks);
}

const compiled = new Map<string, ValidateFunction>();
let compiler: Ajv2020 | undefined;

/** Compiling is most of what loading costs, and a process loads the same policy more than once. */
function checkOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema);
  const before = compiled.get(text);
  if (before !== undefined) return before;
  const check = (compiler ??= createCompiler()).compile(schema);
  compiled.set(text, check);
  return check;
}

/** One for all files. That ours are schemas is held by a test: compiling the schema of schemas costs more than all of them. */
function createCompiler(): Ajv2020 {
  // By their ids they would stand in each other's way: two folders of policy may hold two versions of a file.
  const addUsedSchema = false;
  const code = { optimize: false }; // each check runs once a load, so tidying its code costs more than it saves
  const ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictRequired: false,
    addUsedSchema,
    code,
    validateSchema: false,
  });
  addFormats.default(ajv, ['uuid', 'date-time']);
  return ajv;
}

async function filesIn(dir: string, file: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'the folder cannot be read' }, cause);
  }
}

async function readJson(dir: string, file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(dir, file), 'utf8');
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'cannot be read' }, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'is not JSON' }, cause);
  }
}

function checked(content: unknown, name: string, check: ValidateFunction | undefined): unknown {
  const file = `${name}.json`;
  if (check === undefined) throw invalidPolicy({ file, pointer: '', reason: 'has no JSON Schema' });
  if (check(content)) return content;
  const [error] = check.errors ?? [];
  throw invalidPolicy({ file, pointer: error?.instancePath ?? '', reason: reasonOf(error) });
}

function reasonOf(error: NonNullable<ValidateFunction['errors']>[number] | undefined): string {
  if (error?.keyword === 'additionalProperties')
    return `has the unknown property ${String(error.params['additionalProperty'])}`;
  return error?.message ?? 'does not fit its JSON Schema';
}
