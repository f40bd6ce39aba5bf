import { afterEach, expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import { refusal } from '@sitebus/sdk';
import fastify, { type FastifyInstance } from 'fastify';
import { createResearchClient, researchRoutes } from './research-http.ts';
import type { ResearchFile, ResearchItem, ResearchPort } from './research-port.ts';

const credential = 'x'.repeat(32);
const by = { person: 'rosalind-quist', view: 'public' };
const item: ResearchItem = {
  kind: 'dataset', id: 'one', marking: parse('UNCLASSIFIED//TLP:GREEN', { homeNation: 'CAN' }), atMs: 5, body: { state: 'DEFINED', titre: 'é' },
}; // prettier-ignore
const file: ResearchFile = {
  ...item, fileName: 'a.parquet', mediaType: 'application/vnd.apache.parquet', bytes: Buffer.from(Array.from({ length: 256 }, (_each, byte) => byte)),
}; // prettier-ignore
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

async function served(over: Partial<ResearchPort> = {}, key = credential) {
  const heard: unknown[][] = [];
  const hear = <T>(name: string, answer: T) => async (...given: unknown[]): Promise<T> => (heard.push([name, ...given]), answer); // prettier-ignore
  const research: ResearchPort = {
    add: hear('add', item), command: hear('command', item), find: hear('find', item), list: hear('list', [item]), catalogue: hear('catalogue', [item, item]), file: hear('file', file), ...over,
  }; // prettier-ignore
  app = fastify();
  await app.register(researchRoutes({ research, credential }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { research: createResearchClient({ url, credential: key }), heard };
}

test('every call arrives as it was given, and its answer comes back as it was, markings and bytes included', async () => {
  const { research, heard } = await served();
  expect(await research.add('project', { title: 'é' }, by)).toEqual(item);
  expect(await research.command('one', 'export', { format: 'csv' }, by)).toEqual(item);
  expect(await research.find('dataset', 'one', by)).toEqual(item);
  expect(await research.list('dataset', by)).toEqual([item]);
  expect(await research.catalogue('public')).toEqual([item, item]);
  expect(await research.file('one', 'parquet', by)).toEqual(file);
  expect(heard).toEqual([
    ['add', 'project', { title: 'é' }, by],
    ['command', 'one', 'export', { format: 'csv' }, by],
    ['find', 'dataset', 'one', by],
    ['list', 'dataset', by],
    ['catalogue', 'public'],
    ['file', 'one', 'parquet', by],
  ]);
});

test('what is not there is not there on the other side either, and a refusal keeps what it says', async () => {
  const refused = refusal<{ code: string; sizes: readonly number[] }>({ code: 'COMMAND_REFUSED', retriable: false });
  const { research } = await served({
    find: async () => undefined,
    command: () => Promise.reject(refused({ code: 'K_UNREACHABLE', sizes: [1, 3] })),
  });
  expect(await research.find('project', 'none', by)).toBeUndefined();
  await expect(research.command('one', 'export', {}, by)).rejects.toMatchObject({
    code: 'COMMAND_REFUSED',
    details: { code: 'K_UNREACHABLE', sizes: [1, 3] },
  });
});

test('whoever lacks the credential reaches nothing, and a room that is away is UNREACHABLE', async () => {
  const { research, heard } = await served({}, 'y'.repeat(32));
  await expect(research.list('project', by)).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED', retriable: false });
  expect(heard).toEqual([]);
  await app?.close();
  await expect(research.list('project', by)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    retriable: true,
    details: { what: 'research' },
  });
});
