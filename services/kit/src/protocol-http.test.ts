import { afterEach, expect, test } from '@jest/globals';
import { createMarking, parse } from '@sitebus/marking';
import { refusal } from '@sitebus/sdk';
import fastify, { type FastifyInstance } from 'fastify';
import type { Disclosure, GuardPort } from './guard.ts';
import { createProtocolClient } from './protocol-client.ts';
import { protocolRoutes } from './protocol-http.ts';
import type { Issue, Matter, ProtocolPort } from './protocol-port.ts';

const credential = 'x'.repeat(32);
const SECRET = parse('SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const by = { person: 'ama-lindqvist', view: 's-can' };
const matter: Matter = {
  kind: 'case', id: 'one', marking: SECRET, atMs: 5, body: { state: 'DETECTED' },
  parts: [{ name: 'deliberation', marking: createMarking({ ...SECRET, needToKnow: [['panel']] }), body: { votes: 4 } }],
}; // prettier-ignore
const disclosure: Disclosure = { kind: 'tearline', id: 'two', marking: SECRET, atMs: 6, body: { state: 'DRAFTED' } };
const issue: Issue = {
  kind: 'sitrep', id: 'three', version: 2, to: ['a'], precedence: 'ROUTINE', reason: 'weekly', by: 'b', atMs: 7, marking: SECRET, isRecalled: false,
}; // prettier-ignore
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

async function served(key = credential, over: Partial<ProtocolPort> = {}) {
  const heard: unknown[][] = [];
  const hear = <T>(name: string, answer: T) => async (...given: unknown[]): Promise<T> => (heard.push([name, ...given]), answer); // prettier-ignore
  const guard: GuardPort = {
    request: hear('request', disclosure), command: hear('command', disclosure), find: hear('find', undefined), list: hear('list', [disclosure]),
  }; // prettier-ignore
  const protocol: ProtocolPort = {
    open: hear('open', matter), command: hear('order', matter), find: hear('seek', matter), list: hear('all', [matter, matter]), issues: hear('issues', [issue]), ...over,
  }; // prettier-ignore
  app = fastify();
  await app.register(protocolRoutes({ guard, protocol, credential }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { ...createProtocolClient({ url, credential: key }), heard, url };
}

test('every call arrives as it was given, and its answer comes back as it was, markings included', async () => {
  const { guard, protocol, heard } = await served();
  const record = { id: 'r', agency: 'cse', cell: 's-can', marking: SECRET };
  expect(await guard.request('tearline', record, { for: 'é' }, by)).toEqual(disclosure);
  expect(await guard.command('downgrade', 'two', 'sign', {}, by)).toEqual(disclosure);
  expect(await guard.find('tearline', 'none', by)).toBeUndefined();
  expect(await guard.list('tearline', by)).toEqual([disclosure]);
  expect(await protocol.open('case', { question: '?' }, by)).toEqual(matter);
  expect(await protocol.command('case', 'one', 'vote', { vote: 'AGREE' }, by)).toEqual(matter);
  expect(await protocol.find('case', 'one', by)).toEqual(matter);
  expect(await protocol.find('case', 'one', by, 12)).toEqual(matter);
  expect(await protocol.list('case', by)).toEqual([matter, matter]);
  expect(await protocol.issues('s-can')).toEqual([issue]);
  expect(heard).toEqual([
    ['request', 'tearline', record, { for: 'é' }, by],
    ['command', 'downgrade', 'two', 'sign', {}, by],
    ['find', 'tearline', 'none', by],
    ['list', 'tearline', by],
    ['open', 'case', { question: '?' }, by],
    ['order', 'case', 'one', 'vote', { vote: 'AGREE' }, by],
    ['seek', 'case', 'one', by, undefined],
    ['seek', 'case', 'one', by, 12],
    ['all', 'case', by],
    ['issues', 's-can'],
  ]);
});

test('a refusal there is the same refusal here', async () => {
  const refused = refusal<{ code: string }>({ code: 'COMMAND_REFUSED', retriable: false });
  const open = () => Promise.reject(refused({ code: 'ILLEGAL_TRANSITION' }));
  const { protocol } = await served(credential, { open });
  await expect(protocol.open('case', {}, by)).rejects.toMatchObject({
    code: 'COMMAND_REFUSED',
    retriable: false,
    details: { code: 'ILLEGAL_TRANSITION' },
  });
});

test('what nobody expected tells nothing of itself, and may be tried again', async () => {
  const open = () => Promise.reject(new Error('password=hunter2'));
  const { protocol } = await served(credential, { open });
  const cause: unknown = await protocol.open('case', {}, by).catch((error: unknown) => error);
  expect(cause).toMatchObject({ code: 'UNEXPECTED', retriable: true, details: {} });
  expect(JSON.stringify(cause)).not.toContain('hunter2');
});

test('whoever lacks the credential is told so, whatever they ask, and nothing is called', async () => {
  const { protocol, guard, heard } = await served('y'.repeat(32));
  await expect(protocol.list('case', by)).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED' });
  await expect(guard.list('tearline', by)).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED' });
  expect(heard).toEqual([]);
});

test.each(['constructor', 'toString', 'guard.fatal', '../x'])('there is no call named %s', async (name) => {
  const { url } = await served();
  const headers = { 'authorization': `Bearer ${credential}`, 'content-type': 'application/json' }; // prettier-ignore
  const response = await fetch(`${url}/internal/v1/protocol/${encodeURIComponent(name)}`, { method: 'POST', headers, body: '[]' });
  expect(response.status).toBe(404);
}); // prettier-ignore

test('protocol away is UNREACHABLE, to be tried again', async () => {
  const { protocol } = await served();
  await app?.close();
  await expect(protocol.issues('s-can')).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
});

test('a credential that could be found by trying is none', () => {
  expect(() => protocolRoutes({ guard: {} as GuardPort, protocol: {} as ProtocolPort, credential: 'short' })).toThrow('too short'); // prettier-ignore
});
