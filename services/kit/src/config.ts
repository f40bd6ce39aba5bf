// Settings of a process out of its environment, checked once at the start.
// Holds: all faults are told at once, by environment name and never with a value; an empty variable counts as absent;
// a secret has no default, and may come from the file that <NAME>_FILE names.
// Source: README.md#configuration

import { readFileSync } from 'node:fs';
import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidConfig, type ConfigFault } from './errors.ts';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A demand on several settings together; `reason` says what goes wrong otherwise. */
export interface ConfigRule<C> {
  /** The setting to blame, as in `names`. */
  readonly at: string;
  readonly holds: (config: C) => boolean;
  readonly reason: string;
}

/** What settings a service has. */
export interface ConfigSpec<S extends TObject> {
  /** Give secrets the annotation `secret: true` and no default. */
  readonly schema: S;
  /** Environment name → path into the settings, parts separated by `/`. */
  readonly names: Readonly<Record<string, string>>;
  readonly rules?: readonly ConfigRule<Static<S>>[];
}

/**
 * Reads, converts, fills in defaults and checks. Lists are separated by commas.
 * @throws INVALID_CONFIG (not retriable) with every fault; Error where the spec itself gives a secret a default
 */
export function loadConfig<S extends TObject>(
  { schema, names, rules = [] }: ConfigSpec<S>,
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Static<S> {
  const faults: ConfigFault[] = [];
  const settings: Tree = {};
  for (const [name, path] of Object.entries(names)) {
    const kind = schemaAt(schema, path, name);
    const text = textOf(name, kind, env, readFile, faults);
    if (text !== undefined) put(settings, path, convert(text, kind));
  }
  const check = Compile(schema);
  const filled = check.Default(settings);
  const nameOf = new Map(Object.entries(names).map(([name, path]) => [path, name]));
  if (!check.Check(filled)) faults.push(...check.Errors(filled).flatMap((error) => toFaults(error, nameOf, schema)));
  if (faults.length > 0) throw invalidConfig({ faults: distinct(faults) });
  const config = filled as Static<S>; // just checked
  const broken = rules.filter(({ holds }) => !holds(config));
  if (broken.length > 0) {
    throw invalidConfig({ faults: broken.map(({ at, reason }) => ({ name: nameOf.get(at) ?? at, reason })) });
  }
  return config;
}

interface Tree {
  [part: string]: unknown;
}
interface Annotations {
  readonly type?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Annotated>>;
}
type Annotated = TSchema & Annotations;

function schemaAt(schema: TSchema, path: string, name: string): Annotated {
  let found: Annotated | undefined = schema;
  for (const part of path.split('/')) found = found?.properties?.[part];
  if (found === undefined) throw new Error(`config: ${name} names ${path}, which the schema does not have`);
  if (found.secret === true && found.default !== undefined) throw new Error(`config: the secret ${path} has a default`);
  return found;
}

function textOf(
  name: string,
  { secret = false }: Annotated,
  env: Environment,
  readFile: (path: string) => string,
  faults: ConfigFault[],
): string | undefined {
  const text = env[name];
  const file = secret ? env[`${name}_FILE`] : undefined;
  if (text) return text;
  if (!file) return undefined;
  try {
    return readFile(file).trimEnd();
  } catch {
    faults.push({ name: `${name}_FILE`, reason: 'cannot be read' }); // the driver's text could repeat the path's contents
    return undefined;
  }
}

/** What cannot be converted stays text, and the schema says what is wrong with it. */
function convert(text: string, { type }: Annotated): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'array') return text.split(',').map((part) => part.trim());
  return text;
}

function put(settings: Tree, path: string, value: unknown): void {
  const parts = path.split('/');
  const last = parts.pop() ?? path;
  let at = settings;
  for (const part of parts) at = (at[part] ??= {}) as Tree;
  at[last] = value;
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: { readonly requiredProperties?: readonly string[] };
}

function toFaults(error: object, nameOf: ReadonlyMap<string, string>, schema: TSchema): readonly ConfigFault[] {
  const { keyword, instancePath, message, params } = error as SchemaError;
  const path = instancePath.slice(1);
  const named = (at: string): string => nameOf.get(at) ?? at;
  if (keyword !== 'required') return [{ name: named(path), reason: message }];
  return (params.requiredProperties ?? []).flatMap((property) => {
    const at = path === '' ? property : `${path}/${property}`;
    const inside = [...nameOf.keys()].filter((known) => known.startsWith(`${at}/`) && isNeeded(known, at, schema));
    const missing = nameOf.has(at) || inside.length === 0 ? [at] : inside;
    return missing.map((one) => ({ name: named(one), reason: 'must be set' }));
  });
}

/** Whether the setting at `path` must be there once the group of settings at `group` is. */
function isNeeded(path: string, group: string, schema: TSchema): boolean {
  let at: Annotated | undefined = schemaAt(schema, group, path);
  return path
    .slice(group.length + 1)
    .split('/')
    .every((part) => {
      const isRequired = at?.required?.includes(part) === true;
      at = at?.properties?.[part];
      return isRequired;
    });
}

function distinct(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return [...new Map(faults.map((fault) => [`${fault.name} ${fault.reason}`, fault])).values()];
}
