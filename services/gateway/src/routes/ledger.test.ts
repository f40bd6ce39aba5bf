// The ledger over HTTP: who may ask what, and that what is answered proves a delivery to someone who trusts keys alone.

import { generateKeyPairSync, sign, createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { treeTopics } from '@sitebus/sdk';
import {
  checkpointText, createMerkleTree, hashLeaf, keyIdOf, ledgerOrigin, parseVerifierKey, renderNote, renderVerifierKey,
  treeOrigin, verifyCheckpoints, verifyDelivery,
} from '@sitebus/sdk/merkle'; // prettier-ignore
import type { LedgerTree } from '@sitebus/sdk/merkle';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const VIEW = 's-can';
const pair = generateKeyPairSync('ed25519');
const publicKey = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const keyText = renderVerifierKey(ledgerOrigin(VIEW), publicKey);
const denialKeyText = renderVerifierKey(treeOrigin(VIEW, 'denials'), publicKey);
const denialKey = parseVerifierKey(denialKeyText)!;
const key = parseVerifierKey(keyText)!;
const ID = uuidOf('delivered');
const REVIEWER = 'viggo-tremblay';

let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway(VIEW, { ledgerKeys: [keyText, denialKeyText] });
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: ID }));
});
afterAll(async () => world[Symbol.asyncDispose]());

const leafTexts = (tree: LedgerTree = 'releases'): string[] =>
  world.bus.records(treeTopics(VIEW, tree).leaves).map(({ value }) => String(value));

/** Signs as the room `ledger` does; `leaves` others than those on the topic make a forgery. */
async function checkpoint(leaves = leafTexts(), of = world, tree: LedgerTree = 'releases', topic = treeTopics(VIEW, tree).checkpoints): Promise<void> {
  const merkle = createMerkleTree();
  const origin = treeOrigin(VIEW, tree);
  for (const leaf of leaves) merkle.append(hashLeaf(new TextEncoder().encode(leaf)));
  const text = checkpointText({ origin, size: merkle.size, root: merkle.rootAt(merkle.size), at: '2031-10-02T14:05:15.000Z' });
  const signature = new Uint8Array(sign(null, Buffer.from(text), pair.privateKey));
  const note = renderNote(text, [{ name: origin, keyId: keyIdOf(origin, publicKey), signature }]);
  const producer = await of.bus.connect.bus.createProducer();
  await producer.send({ topic, key: null, value: Buffer.from(note) });
  await of.bus.settled();
} // prettier-ignore

const get = async (url: string, person: string | undefined = 'ama-lindqvist') =>
  gateway.app.inject({ url, headers: person === '' ? {} : await world.as(person) });

test('a delivery proves itself: its leaf, its content, and the checkpoint that covers it', async () => {
  const delivered = await get(`/v1/observations/${ID}`);
  const index = Number(/leaves=(\d+)-/.exec(String(delivered.headers['sitebus-ledger']))?.[1]);
  await world.bus.settled();
  await checkpoint();
  const note = (await get('/v1/ledger/checkpoint')).body;
  const size = Number(note.split('\n')[1]);
  const entry = (await get(`/v1/ledger/entries/${index}`)).json<{ text: string; salt: string }>();
  const { hashes } = (await get(`/v1/ledger/proof/inclusion?index=${index}&size=${size}`)).json<{ hashes: string[] }>();
  const records = [{ id: ID, contentHash: createHash('sha256').update(delivered.body).digest('hex') }];
  const delivery = { index, leaf: entry.text, proof: hashes, opening: { salt: entry.salt, records } };
  expect(verifyDelivery(delivery, note, [key])).toMatchObject({ status: 'PROVEN', isContentCompared: true });
  const other = { ...delivery, opening: { salt: entry.salt, records: [{ id: ID, contentHash: '00' }] } };
  expect(verifyDelivery(other, note, [key])).toMatchObject({ status: 'NOT_PROVEN', reason: 'OTHER_CONTENT' });
});

test('answers say which checkpoint covers the ledger so far, and any two of them are consistent', async () => {
  await get(`/v1/observations/${ID}`);
  await world.bus.settled();
  await checkpoint();
  const older = (await get('/v1/ledger/checkpoint')).body;
  const from = Number(older.split('\n')[1]);
  expect((await get(`/v1/observations/${ID}`)).headers['sitebus-ledger']).toBe(`leaves=${from}-${from}; checkpoint=${from}`);
  await world.bus.settled();
  await checkpoint();
  const newer = (await get(`/v1/ledger/checkpoints/${from + 1}`)).body;
  const { hashes } = (await get(`/v1/ledger/proof/consistency?from=${from}&to=${from + 1}`)).json<{ hashes: string[] }>();
  expect(verifyCheckpoints([older, newer], hashes, [key])).toBe('CONSISTENT');
  expect((await get(`/v1/ledger/checkpoints/${from}`)).body).toBe(older);
}); // prettier-ignore

test('who has one checkpoint is led to the one before it, down to the first', async () => {
  const walked: number[] = [];
  for (let url = '/v1/ledger/checkpoint'; ; url = `/v1/ledger/checkpoint?before=${walked.at(-1)}`) {
    const { statusCode, body } = await get(url);
    if (statusCode === 404) break;
    walked.push(Number(body.split('\n')[1]));
  }
  expect(walked.length).toBeGreaterThan(1);
  expect(walked).toEqual([...new Set(walked)].sort((a, b) => b - a));
});

test.each([
  ['a checkpoint before the first leaf', '/v1/ledger/checkpoint?before=1', 404],
  ['a checkpoint before nothing', '/v1/ledger/checkpoint?before=0', 400],
  ['a size that is not there', '/v1/ledger/checkpoints/999999', 404],
  ['a leaf beyond the size', '/v1/ledger/proof/inclusion?index=1&size=1', 404],
  ['a size beyond the leaves', '/v1/ledger/proof/inclusion?index=0&size=999999', 404],
  ['a consistency from nothing', '/v1/ledger/proof/consistency?from=0&to=1', 404],
  ['sizes in the wrong order', '/v1/ledger/proof/consistency?from=2&to=1', 404],
  ['a size that is no number', '/v1/ledger/checkpoints/x', 400],
  ['a missing parameter', '/v1/ledger/proof/inclusion?index=0', 400],
])('%s is refused', async (_case, url, status) => {
  expect((await get('/v1/ledger/checkpoint')).statusCode).toBe(200);
  expect((await get(url)).statusCode).toBe(status);
});

test.each(['/v1/ledger/checkpoint', '/v1/ledger/checkpoints/1', '/v1/ledger/proof/inclusion?index=0&size=1', '/v1/ledger/proof/consistency?from=1&to=1'])(
  '%s of a view tells nothing to who may not enter it: its size would tell how busy the view is',
  async (url) => {
    await get(`/v1/observations/${ID}`);
    expect([(await get(url, '')).statusCode, (await get(url, 'rosalind-quist')).statusCode]).toEqual([404, 404]);
  },
); // prettier-ignore

test('a leaf is shown to the person it names and to a reviewer; its salt to that person alone; nobody else finds it', async () => {
  const index = Number(/leaves=(\d+)-/.exec(String((await get(`/v1/observations/${ID}`)).headers['sitebus-ledger']))?.[1]);
  await world.bus.settled();
  const mine = (await get(`/v1/ledger/entries/${index}`)).json<Record<string, unknown>>();
  expect(mine).toMatchObject({ index, who: 'ama-lindqvist', decision: 'RELEASED', marking: 'UNCLASSIFIED//TLP:CLEAR', records: 1 });
  expect(mine['salt']).toMatch(/^[\w-]{43}$/);
  expect((await get(`/v1/ledger/entries/${index}`, 'teodor-vance')).statusCode).toBe(404);
  expect((await get(`/v1/ledger/entries/${index + 1_000}`)).statusCode).toBe(404);
  const theirs = (await get(`/v1/ledger/entries/${index}`, REVIEWER)).json<Record<string, unknown>>();
  expect(theirs).toMatchObject({ index, who: 'ama-lindqvist' });
  expect(theirs['salt']).toBeUndefined();
}); // prettier-ignore

test('one’s own releases are listed newest first in pages; denials are listed for reviewers alone', async () => {
  await get(`/v1/observations/${ID}`);
  await get(`/v1/observations/${uuidOf('no such thing')}`);
  await world.bus.settled();
  const page = (await get('/v1/ledger/entries?limit=2')).json<{ items: { index: number; decision: string }[]; next: string }>();
  const rest = (await get(`/v1/ledger/entries?limit=200&cursor=${page.next}`)).json<{ items: { index: number; decision: string }[] }>();
  const all = [...page.items, ...rest.items];
  expect(all.length).toBeGreaterThan(2);
  expect(all.map(({ index }) => index)).toEqual([...all.map(({ index }) => index)].sort((a, b) => b - a));
  expect(new Set(all.map(({ index }) => index)).size).toBe(all.length);
  expect(new Set(all.map(({ decision }) => decision))).toEqual(new Set(['RELEASED']));
  const denials = (await get('/v1/ledger/entries?tree=denials', REVIEWER)).json<{ items: { who: string }[] }>();
  expect(denials.items[0]).toMatchObject({ who: 'ama-lindqvist', reason: 'NOT_VISIBLE' });
  const about = async (product: string) => (await get(`/v1/ledger/entries?product=${product}`, REVIEWER)).json<{ items: { who: string }[] }>().items;
  expect((await about(ID)).map(({ who }) => who)).toContain('ama-lindqvist');
  expect(await about(uuidOf('nothing'))).toEqual([]);
  expect((await get('/v1/ledger/entries?decision=WITHHELD', REVIEWER)).json()).toEqual({ items: [] }); // none among the releases
}); // prettier-ignore

test('a reviewer proves a denial: who was denied which id, in a tree that the ledger signed', async () => {
  const asked = uuidOf('hidden from them');
  expect((await get(`/v1/observations/${asked}`)).statusCode).toBe(404);
  await world.bus.settled();
  await checkpoint(leafTexts('denials'), world, 'denials');
  const of = async (path: string) => get(`/v1/ledger/${path}`, REVIEWER);
  const note = (await of('checkpoint?tree=denials')).body;
  const size = Number(note.split('\n')[1]);
  const [entry] = (await of('entries?tree=denials')).json<{ items: { index: number; text: string; salt: string; who: string }[] }>().items;
  const { hashes } = (await of(`proof/inclusion?tree=denials&index=${entry?.index}&size=${size}`)).json<{ hashes: string[] }>();
  const delivery = (id: string) => ({ index: entry?.index ?? -1, leaf: entry?.text ?? '', proof: hashes, opening: { salt: entry?.salt ?? '', records: [{ id }] } });
  expect(entry?.who).toBe('ama-lindqvist');
  expect(verifyDelivery(delivery(asked), note, [denialKey])).toMatchObject({ status: 'PROVEN', isContentCompared: true });
  expect(verifyDelivery(delivery(uuidOf('another')), note, [denialKey])).toMatchObject({ status: 'NOT_PROVEN', reason: 'OTHER_CONTENT' });
  expect(verifyDelivery(delivery(asked), note, [key])).toMatchObject({ status: 'NOT_PROVEN', reason: 'CHECKPOINT_UNSIGNED' }); // the other tree's key
}); // prettier-ignore

test.each(['checkpoint', 'checkpoints/1', 'proof/inclusion?index=0&size=1', 'proof/consistency?from=1&to=1', 'entries', 'entries/0'])(
  'to anyone but a reviewer there is no tree of denials: %s',
  async (path) => {
    await get(`/v1/observations/${uuidOf('no such thing')}`);
    await world.bus.settled();
    await checkpoint(leafTexts('denials').slice(0, 1), world, 'denials');
    const url = `/v1/ledger/${path}${path.includes('?') ? '&' : '?'}tree=denials`;
    expect((await get(url, REVIEWER)).statusCode).toBe(200);
    for (const person of ['ama-lindqvist', 'marguerite-thorne', 'rosalind-quist'])
      expect([person, (await get(url, person)).statusCode]).toEqual([person, 404]);
  },
); // prettier-ignore

test('what a reader can ask of the ledger is the same whether others were denied or not', async () => {
  const told = async (denied: number) => {
    await using of = await aWorld();
    const service = await of.gateway(VIEW, { ledgerKeys: [keyText, denialKeyText] });
    await of.observe('IndicatorReport', 'open', anIndicatorReport({ id: ID }));
    const ask = async (person: string, url: string) => service.app.inject({ url, headers: await of.as(person) });
    for (let n = 0; n < denied; n += 1) await ask('teodor-vance', `/v1/observations/${uuidOf(`hidden ${n}`)}`);
    const first = await ask('ama-lindqvist', `/v1/observations/${ID}`);
    for (let n = 0; n < denied; n += 1) await ask('teodor-vance', `/v1/observations/${uuidOf(`hidden ${n}`)}`);
    const second = await ask('ama-lindqvist', `/v1/observations/${ID}`);
    await of.bus.settled();
    expect(of.denials(VIEW)).toHaveLength(2 * denied);
    const own = (await ask('ama-lindqvist', '/v1/ledger/entries')).json<{ items: { index: number; text: string }[] }>().items;
    return {
      places: [first, second].map(({ headers }) => headers['sitebus-ledger']),
      entries: own.map(({ index, text }) => [index, (JSON.parse(text) as { seq: number }).seq]),
      sizes: [1, 2, 3].map(async (size) => (await ask('ama-lindqvist', `/v1/ledger/proof/consistency?from=1&to=${size}`)).statusCode),
    };
  };
  const [with3, without] = [await told(3), await told(0)];
  expect(with3.places).toEqual(['leaves=0-0; checkpoint=0', 'leaves=1-1; checkpoint=0']);
  expect({ ...with3, sizes: await Promise.all(with3.sizes) }).toEqual({ ...without, sizes: await Promise.all(without.sizes) });
}); // prettier-ignore

test('a signed note of the one tree, laid among those of the other, counts for nothing', async () => {
  await using other = await aWorld();
  const service = await other.gateway(VIEW, { ledgerKeys: [keyText, denialKeyText] });
  await checkpoint(['a forged leaf'], other, 'denials', treeTopics(VIEW, 'releases').checkpoints);
  expect(service.ready().ready).toBe(true);
  await checkpoint(['a forged leaf'], other, 'denials');
  await other.observe('IndicatorReport', 'open', anIndicatorReport({ id: ID }));
  const headers = await other.as('ama-lindqvist');
  await service.app.inject({ url: `/v1/observations/${uuidOf('absent')}`, headers });
  await other.bus.settled();
  expect(service.ready()).toMatchObject({ ready: false, parts: { ledger: 'ok', denials: 'a checkpoint does not fit the leaves' } });
  expect((await service.app.inject({ url: `/v1/observations/${uuidOf('absent')}`, headers })).statusCode).toBe(503);
}); // prettier-ignore

test('a checkpoint that does not fit the leaves stops every release and every proof, and /readyz says why', async () => {
  await using other = await aWorld();
  const service = await other.gateway(VIEW, { ledgerKeys: [keyText] });
  await other.observe('IndicatorReport', 'open', anIndicatorReport({ id: ID }));
  const ask = async (url: string) => service.app.inject({ url, headers: await other.as('ama-lindqvist') });
  expect((await ask(`/v1/observations/${ID}`)).statusCode).toBe(200);
  await other.bus.settled();
  await checkpoint(['a forged leaf'], other);
  expect(service.ready().parts['ledger']).toBe('a checkpoint does not fit the leaves');
  const refused = await ask(`/v1/observations/${ID}`);
  expect([refused.statusCode, refused.body.includes('mirror-check')]).toEqual([503, false]);
  expect((await ask('/v1/ledger/checkpoint')).statusCode).toBe(503);
});

test('a checkpoint of a key that the gateway does not know counts for nothing', async () => {
  await using other = await aWorld();
  const service = await other.gateway(VIEW, { ledgerKeys: [] });
  await checkpoint(['a forged leaf'], other);
  const headers = await other.as('ama-lindqvist');
  expect((await service.app.inject({ url: '/v1/ledger/checkpoint', headers })).statusCode).toBe(404);
  expect(service.ready().ready).toBe(true);
});
