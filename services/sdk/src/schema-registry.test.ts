import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createConfluentRegistry } from './schema-registry.ts';

const SCHEMA =
  '{"type":"record","name":"Thing","namespace":"test","fields":[{"name":"a","type":"string","feature":"domain"}]}';
let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server === undefined ? done() : server.close(() => done()))));

/** A registry of one schema, id 1, that counts what it is asked. */
async function aRegistry(answer: { broken: boolean; breaksOff?: number } = { broken: false }) {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (answer.breaksOff !== undefined && answer.breaksOff > 0) {
      answer.breaksOff -= 1;
      response.writeHead(200, { 'content-length': 100 }).write('{');
      response.socket?.end();
      return;
    }
    const found = request.url === '/schemas/ids/1' || request.method === 'POST';
    const [status, body] = answer.broken
      ? [503, { error_code: 50001 }]
      : found
        ? [200, { id: 1, schema: SCHEMA }]
        : [404, { error_code: 40403 }];
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body));
  };
  const started = createServer(listener);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return { asked, answer, url: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

test('a schema comes as registered, annotations included, and is fetched once however many ask', async () => {
  const { url, asked } = await aRegistry();
  const registry = createConfluentRegistry({ url });
  expect(await Promise.all([registry.schemaOf(1), registry.schemaOf(1)])).toEqual([SCHEMA, SCHEMA]);
  expect(await registry.schemaOf(1)).toBe(SCHEMA);
  expect(asked).toEqual(['GET /schemas/ids/1']);
});

test('an id the registry does not have is undefined, believed for a while and then asked again', async () => {
  const { url, asked } = await aRegistry();
  let nowMs = 0;
  const registry = createConfluentRegistry({ url, absentForMs: 1_000, clock: { now: () => nowMs } });
  expect([await registry.schemaOf(7), await registry.schemaOf(7)]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['GET /schemas/ids/7']);
  nowMs = 1_000;
  expect(await registry.schemaOf(7)).toBeUndefined();
  expect(asked).toHaveLength(2);
});

test('a registry that is out of order or out of reach rejects as retriable, and is asked again', async () => {
  const { url, answer } = await aRegistry({ broken: true });
  const registry = createConfluentRegistry({ url });
  await expect(registry.schemaOf(1)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  await expect(registry.idOf('test.Thing', SCHEMA)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  answer.broken = false;
  expect(await registry.schemaOf(1)).toBe(SCHEMA);
  const nowhere = createConfluentRegistry({ url: 'http://127.0.0.1:1' });
  await expect(nowhere.schemaOf(1)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
});

test('an answer that breaks off is asked for again', async () => {
  const { url, asked } = await aRegistry({ broken: false, breaksOff: 1 });
  expect(await createConfluentRegistry({ url, answerWithinMs: 1_000 }).schemaOf(1)).toBe(SCHEMA);
  expect(asked).toEqual(Array(2).fill('GET /schemas/ids/1'));
});

test('a registry whose answers break off is out of reach, and the next question is a new one', async () => {
  const { url, answer } = await aRegistry({ broken: false, breaksOff: Infinity });
  const registry = createConfluentRegistry({ url, answerWithinMs: 50 });
  await expect(registry.schemaOf(1)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  await expect(registry.idOf('test.Thing', SCHEMA)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  answer.breaksOff = 0;
  expect(await registry.schemaOf(1)).toBe(SCHEMA);
});

test('the id of a schema is found by its text', async () => {
  const { url } = await aRegistry();
  expect(await createConfluentRegistry({ url }).idOf('test.Thing', SCHEMA)).toBe(1);
});
