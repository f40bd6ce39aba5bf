// Writes services/sdk/src/generated/<namespace>.ts from schemas/avro, and what several of them hold once, in shared.ts; with --check writes nothing and exits 1 on a difference.
// Holds: the same schemas give the same bytes; every property is readonly, every nullable is `null | T`, every long a number.
// Source: services/sdk/README.md#codec

import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avroTs from '@ovotech/avro-ts';
import { loadSchemaSet, type AvroField, type AvroObject, type AvroSchema } from '../src/schema-set.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const schemaDir = join(root, 'schemas/avro');
const outDir = join(root, 'services/sdk/src/generated');

const wanted = await generated();
const differing = await differences(wanted);
if (process.argv.includes('--check')) {
  for (const file of differing) process.stderr.write(`services/sdk/src/generated/${file} differs from schemas/avro\n`);
  if (differing.length > 0) process.stderr.write('npm run schemas:types writes it anew\n');
  process.exitCode = differing.length > 0 ? 1 : 0;
} else {
  await mkdir(outDir, { recursive: true });
  for (const file of differing) {
    const text = wanted.get(file);
    if (text === undefined) await rm(join(outDir, file));
    else await writeFile(join(outDir, file), text);
    process.stdout.write(`${text === undefined ? 'removed' : 'wrote'} services/sdk/src/generated/${file}\n`);
  }
}

/** File name → content, one file a namespace. */
async function generated(): Promise<ReadonlyMap<string, string>> {
  const byNamespace = new Map<string, { type: string; schema: AvroObject }[]>();
  for (const { subject, type, schema } of await loadSchemaSet(schemaDir)) {
    const namespace = subject.split('.').at(-2) ?? '';
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), { type, schema }]);
  }
  const bodies = new Map(
    [...byNamespace].map(([namespace, records]) => [`${namespace}.ts`, bodyOf(namespace, records)]),
  );
  return withShared(bodies);
}

/** Types that several files would repeat, moved to one that those import; what a shared type names must be shared too. */
function withShared(bodies: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const files = new Map([...bodies].map(([file, body]) => [file, declarationsOf(body)]));
  const count = new Map<string, number>();
  for (const { text } of [...files.values()].flat()) count.set(text, (count.get(text) ?? 0) + 1);
  const all = [...files.values()].flat();
  const names = new Set(all.map(({ name }) => name));
  const shared = new Map(all.filter(({ text }) => (count.get(text) ?? 0) > 1).map((each) => [each.name, each.text]));
  const isWhole = (text: string, name: string): boolean =>
    all.every((each) => each.name !== name || each.text === text) && // one meaning in all files
    wordsOf(text).every((word) => !names.has(word) || shared.has(word));
  for (let before = -1; before !== shared.size;) {
    before = shared.size;
    for (const [name, text] of [...shared]) if (!isWhole(text, name)) shared.delete(name);
  }
  const written = [...files].map(([file, declarations]): [string, string] => {
    const moved = declarations.flatMap(({ name }) => (shared.has(name) ? [name] : [])).sort();
    const own = declarations.flatMap(({ name, text }) => (shared.has(name) ? [] : [text]));
    const list = `{\n${moved.map((name) => `    ${name},\n`).join('')}}`;
    const imported = moved.length === 0 ? [] : [`import type ${list} from "./shared.ts";`, `export type ${list};`];
    return [file, fileWith([...imported, ...own])];
  });
  return new Map([...written, ['shared.ts', fileWith([...shared.values()])]]);
}

/** Each with its doc comment, in order. */
function declarationsOf(body: string): readonly { readonly name: string; readonly text: string }[] {
  return body
    .trim()
    .split(/\n\n(?=\/\*\*|export )/)
    .map((text) => ({ name: /^export (?:interface|type) (\w+)/m.exec(text)?.[1] ?? '', text }));
}

/** Words of a declaration, comments left out. */
function wordsOf(text: string): readonly string[] {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').match(/\w+/g) ?? [];
}

function fileWith(parts: readonly string[]): string {
  return `// Generated from schemas/avro by \`npm run schemas:types\`; not to be edited.\n\n${parts.join('\n\n')}\n`;
}

/** One synthetic record with a field a type makes avro-ts print every named type once, and the map of types besides. */
function bodyOf(namespace: string, records: readonly { type: string; schema: AvroObject }[]): string {
  const name = `${namespace.charAt(0).toUpperCase()}${namespace.slice(1)}ByType`;
  const fields = records.map(({ type, schema }) => ({ name: type, type: withoutNamespaces(schema) }));
  const doc = `Every record type of ca.sitebus.${namespace}, by its name without namespace.`;
  const printed = printQuietly({ type: 'record', name, doc, fields });
  return printed
    .replace(/^export type AvroType = .*\n\n/, '')
    .replace(/^( {4})(\w+): (.*);$/gm, (_line, indent: string, property: string, type: string) => {
      return `${indent}readonly ${property}: ${readonlyArrays(type)};`;
    });
}

/** `string[][]` becomes `readonly (readonly string[])[]`. */
function readonlyArrays(type: string): string {
  const branches = type.split(' | ').map((branch) => {
    const depth = branch.length - branch.replace(/(\[\])+$/, '').length;
    let text = branch.slice(0, branch.length - depth);
    for (let level = depth / 2; level > 0; level -= 1)
      text = `readonly ${text.startsWith('readonly ') ? `(${text})` : text}[]`;
    return text;
  });
  return branches.join(' | ');
}

/** Named types are unique without their namespace, so the generated names are the short ones; defaults do not show in types. */
function withoutNamespaces(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string') return schema.slice(schema.lastIndexOf('.') + 1);
  if (Array.isArray(schema)) return schema.map(withoutNamespaces);
  const { namespace: _namespace, fields, items, ...rest } = schema as AvroObject;
  return {
    ...rest,
    ...(items === undefined ? {} : { items: withoutNamespaces(items) }),
    ...(fields === undefined ? {} : { fields: fields.map(withoutDefault) }),
  };
}

function withoutDefault({ default: _default, ...field }: AvroField): AvroField {
  return { ...field, type: withoutNamespaces(field.type) };
}

/** avro-ts 6.2 calls TypeScript factories that announce their own deprecation on the console. */
function printQuietly(schema: unknown): string {
  const { warn, log, error } = console;
  console.warn = console.log = console.error = (): void => {};
  try {
    return avroTs.toTypeScript(schema as Parameters<typeof avroTs.toTypeScript>[0]);
  } finally {
    Object.assign(console, { warn, log, error });
  }
}

async function differences(files: ReadonlyMap<string, string>): Promise<string[]> {
  await mkdir(outDir, { recursive: true });
  const present = await readdir(outDir);
  const names = [...new Set([...files.keys(), ...present])].sort();
  const differ = await Promise.all(
    names.map(async (file) => {
      const text = present.includes(file) ? await readFile(join(outDir, file), 'utf8') : undefined;
      return text === files.get(file) ? [] : [file];
    }),
  );
  return differ.flat();
}
