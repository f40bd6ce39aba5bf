// Reads `--name value …` words whose names the contract decides, not this program.
// Holds: pure; every word is accounted for; what fits no field of the type is a usage error naming the nearest field.

import type { AvroField, AvroSchema, RecordSchema } from '@sitebus/sdk';
import { usageError } from '../errors.ts';

/** Values by the name that was typed, in camelCase; a name may be given several times. */
export type FieldWords = ReadonlyMap<string, readonly string[]>;

/** Groups the words that commander did not know. `--so-what x`, `--soWhat x` and `--soWhat=x` are one name. */
export function readFieldWords(words: readonly string[]): FieldWords {
  const fields = new Map<string, string[]>();
  let name: string | undefined;
  for (const word of words) {
    if (word.startsWith('--') && word.length > 2) {
      const equals = word.indexOf('=');
      name = toCamelCase(word.slice(2, equals === -1 ? undefined : equals));
      fields.set(name, [...(fields.get(name) ?? []), ...(equals === -1 ? [] : [word.slice(equals + 1)])]);
    } else if (name === undefined) {
      throw usageError(`"${word}" belongs to no field`, 'sitebus publish --help');
    } else {
      fields.get(name)?.push(word);
    }
  }
  for (const [field, values] of fields)
    if (values.length === 0) throw usageError(`--${field} has no value`, 'sitebus publish --help');
  return fields;
}

/** Turns one field's words into the JSON value that its schema asks for. Throws a usage error naming the field. */
export function toFieldValue(field: AvroField, words: readonly string[]): unknown {
  return valueOf(field.type, words, field.name);
}

/** @returns the type's own fields, without envelope and report. */
export const ownFields = (record: RecordSchema): readonly AvroField[] =>
  (record.schema.fields ?? []).filter(({ name }) => name !== 'envelope' && name !== 'report');

/** @returns the fields of the type's report; empty for a type without one. */
export function reportFields(record: RecordSchema): readonly AvroField[] {
  const report = record.schema.fields?.find(({ name }) => name === 'report')?.type;
  return isObject(report) ? (report.fields ?? []) : [];
}

/** @returns the field of that name; throws a usage error that lists what the type has. */
export function fieldNamed(fields: readonly AvroField[], name: string, type: string): AvroField {
  const field = fields.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  const near = fields
    .map((candidate) => candidate.name)
    .filter((candidate) => candidate.slice(0, 3) === name.slice(0, 3));
  throw usageError(
    `${type} has no field "${name}"`,
    near.length > 0 ? `--${near.join(', --')}` : `sitebus publish ${type} --help-fields`,
  );
}

function valueOf(type: AvroSchema, words: readonly string[], field: string): unknown {
  if (Array.isArray(type))
    return valueOf((type as readonly AvroSchema[]).find((branch) => branch !== 'null') ?? 'string', words, field);
  if (isObject(type) && type.type === 'array') return words.map((word) => itemOf(type.items ?? 'string', word, field));
  const [word = '', ...more] = words;
  if (more.length > 0) throw usageError(`--${field} takes one value, not ${words.length}`);
  return itemOf(type, word, field);
}

function itemOf(type: AvroSchema, word: string, field: string): unknown {
  if (typeof type === 'string' && !['int', 'long', 'float', 'double', 'boolean'].includes(type)) {
    return type.endsWith('LangText') ? langText(word, field) : type.includes('.') ? json(word, field) : word;
  }
  if (isObject(type)) {
    if (type.type === 'enum' || type.type === 'string' || type.logicalType !== undefined) return word;
    if (type.type === 'record') return type.name === 'LangText' ? langText(word, field) : json(word, field);
    return valueOf(type, [word], field);
  }
  if (type === 'boolean') {
    if (word !== 'true' && word !== 'false') throw usageError(`--${field} takes true or false, not "${word}"`);
    return word === 'true';
  }
  const number = Number(word);
  if (word.trim() === '' || !Number.isFinite(number)) throw usageError(`--${field} takes a number, not "${word}"`);
  return number;
}

/** A text with its language: `{"text":…,"lang":…}`, or plain words whose language is not stated. */
const langText = (word: string, field: string): unknown =>
  word.startsWith('{') ? json(word, field) : { text: word, lang: 'und' };

function json(word: string, field: string): unknown {
  try {
    return JSON.parse(word) as unknown;
  } catch (cause) {
    throw usageError(`--${field} takes JSON: ${cause instanceof Error ? cause.message : 'not readable'}`);
  }
}

const toCamelCase = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function isObject(schema: AvroSchema | undefined): schema is Extract<AvroSchema, { readonly type: AvroSchema }> {
  return typeof schema === 'object' && !Array.isArray(schema);
}
