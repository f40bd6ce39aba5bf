import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  createCodec,
  createConfluentRegistry,
  loadSchemaSet,
  toSchemaLock,
  toSelfContained,
  type AvroField,
  type RecordSchema,
} from '@sitebus/sdk';
import { realStack } from '../support/real-stack.ts';

const url = (): string => realStack().registryUrl;
const schemasDir = new URL('../../schemas/avro', import.meta.url).pathname;

test('the registry gives every schema of the contract back as it was registered, annotations included', async () => {
  const contract = await contractUnderNewNames();
  const registry = createConfluentRegistry({ url: url() });
  const changed: string[] = [];
  for (const { type, subject, text, ...record } of contract) {
    const id = await register({ type, subject, text, ...record });
    if ((await registry.schemaOf(id)) !== text || (await registry.idOf(subject, text)) !== id) changed.push(type);
  }
  expect(contract.filter(({ text }) => text.includes('"feature":"domain"')).length).toBeGreaterThan(0);
  expect(changed).toEqual([]);
});

test('an id and a schema that the registry does not have are undefined', async () => {
  const registry = createConfluentRegistry({ url: url() });
  expect(await registry.schemaOf(987_654_321)).toBeUndefined();
  expect(await registry.idOf(`test.Absent${randomUUID()}`, '"string"')).toBeUndefined();
});

test('a service with yesterday’s lock reads what a producer with today’s schema wrote', async () => {
  const name = `Thing${randomUUID().replaceAll('-', '')}`;
  const before = thingOf(name, []);
  const after = thingOf(name, [{ name: 'b', type: ['null', 'string'], default: null }]);
  const first = await register(before);
  const second = await register(after);
  const place = (_: unknown, index: number) => ({ id: index === 0 ? first : second, version: index + 1 });
  const producer = createCodec({ lock: toSchemaLock([before, after], place) });
  const registry = createConfluentRegistry({ url: url() });
  const service = createCodec({ lock: toSchemaLock([before], place), registry });
  const bytes = producer.encode(before.subject, { a: 'x', b: 'y' });
  expect(await service.ensure(second)).toBe('known');
  expect(service.decode(bytes)).toMatchObject({ schemaId: second, value: { a: 'x' } });
  expect(await service.ensure(987_654_321)).toBe('unknown');
});

function thingOf(name: string, more: readonly AvroField[]): RecordSchema {
  return toSelfContained({ type: 'record', name, namespace: 'test', fields: [{ name: 'a', type: 'string' }, ...more] });
}

/** The contract under names of this run's own, so that nothing another test registered is touched. */
async function contractUnderNewNames(): Promise<RecordSchema[]> {
  const run = randomUUID().replaceAll('-', '');
  return (await loadSchemaSet(schemasDir)).map(({ type, schema }) =>
    toSelfContained({ ...schema, name: `${type}${run}` }),
  );
}

async function register({ subject, text }: RecordSchema): Promise<number> {
  const answer = await fetch(`${url()}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: text }),
  });
  const { id } = (await answer.json()) as { id?: number };
  if (id === undefined) throw new Error(`the registry refused ${subject}: ${answer.status}`);
  return id;
}
