import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  checkpointText, createMerkleTree, hashLeaf, keyIdOf, ledgerOrigin, renderNote, renderVerifierKey, toBase64,
} from '@sitebus/sdk/merkle'; // prettier-ignore
import { json, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { Answer, FakeGateway } from '../testing/run-cli.ts';

const ORIGIN = ledgerOrigin('s-can');
const pair = generateKeyPairSync('ed25519');
const publicKey = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const leavesOf = (count: number, forged = -1): string[] =>
  Array.from({ length: count }, (_, seq) => JSON.stringify({ seq, forged: seq === forged }));

function treeOf(texts: readonly string[]) {
  const tree = createMerkleTree();
  for (const text of texts) tree.append(hashLeaf(new TextEncoder().encode(text)));
  return tree;
}
function noteOf(size: number, tree: ReturnType<typeof treeOf>): string {
  const text = checkpointText({ origin: ORIGIN, size, root: tree.rootAt(size), at: '2031-10-02T14:05:15.000Z' });
  const signature = new Uint8Array(sign(null, Buffer.from(text), pair.privateKey));
  return renderNote(text, [{ name: ORIGIN, keyId: keyIdOf(ORIGIN, publicKey), signature }]);
}

/** A ledger as the gateway answers of it: leaves, sizes at which it signed, and notes that it puts in the place of its own. */
interface Told {
  leaves: string[];
  sizes: number[];
  shown?: string[];
  forgedNotes?: Readonly<Record<number, string>>;
}
let told: Told;
const plain =
  (text: string): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
const absent = problem('not-found', 404, 'Not found');

const checkpoint: Answer = (request, response) => {
  const before = Number(request.query['before'] ?? Infinity);
  const size = [...told.sizes].filter((each) => each < before).sort((a, b) => b - a)[0];
  const answer = size === undefined ? absent : plain(told.forgedNotes?.[size] ?? noteOf(size, treeOf(told.leaves)));
  answer(request, response);
};
const entries: Answer = (request, response) => {
  const texts = told.shown ?? told.leaves;
  const before = Number(request.query['cursor'] ?? texts.length);
  const limit = Math.min(3, Number(request.query['limit']));
  const items = texts
    .map((text, index) => ({ index, text }))
    .slice(Math.max(0, before - limit), before)
    .reverse();
  const next = before - items.length;
  json({ items, ...(next > 0 && { next: String(next) }) }, { marking: 'SECRET//CANADIAN EYES ONLY' })(
    request,
    response,
  );
};
const inclusion: Answer = (request, response) => {
  const [index, size] = [Number(request.query['index']), Number(request.query['size'])];
  json({ hashes: treeOf(told.leaves).inclusionProof(index, size).map(toBase64) })(request, response);
};
const consistency: Answer = (request, response) => {
  const [from, to] = [Number(request.query['from']), Number(request.query['to'])];
  const answer = to > told.leaves.length ? absent : json({ hashes: treeOf(told.leaves).consistencyProof(from, to).map(toBase64) }); // prettier-ignore
  answer(request, response);
};

let gateway: FakeGateway;
let cwd: string;
beforeEach(async () => {
  told = { leaves: leavesOf(9), sizes: [2, 5, 8] };
  cwd = await mkdtemp(join(tmpdir(), 'sitebus-audit-'));
  await writeFile(join(cwd, 'keys'), renderVerifierKey(ORIGIN, publicKey));
  gateway = await startGateway({
    'GET /v1/ledger/checkpoint': checkpoint,
    'GET /v1/ledger/entries': entries,
    'GET /v1/ledger/proof/inclusion': inclusion,
    'GET /v1/ledger/proof/consistency': consistency,
  });
});
afterEach(async () => {
  await gateway.close();
  await rm(cwd, { recursive: true, force: true });
});
const audit = async (...words: string[]) => {
  const env = { ...gateway.env, XDG_STATE_HOME: cwd };
  const { code, out, err } = await runCli(['ledger', 'audit', '--keys', 'keys', '--json', ...words], { cwd, env });
  return { code, err, body: out === '' ? undefined : (JSON.parse(out) as Record<string, unknown>) };
};

test('every checkpoint is walked down to the first and every leaf proven, and what is not yet signed is counted', async () => {
  const { code, body } = await audit();
  expect([code, body]).toMatchObject([
    0,
    {
      marking: 'SECRET//CANADIAN EYES ONLY',
      size: 8,
      checkpoints: { walked: 3, downTo: 2, isWhole: true },
      leaves: { proven: 8, notYet: 1, isWhole: true },
      earlier: [],
      findings: [],
    },
  ]);
});

test('what was not asked for is said', async () => {
  const { body } = await audit('--checkpoints', '2', '--leaves', '4');
  expect(body).toMatchObject({
    checkpoints: { walked: 2, isWhole: false },
    leaves: { proven: 3, notYet: 1, isWhole: false },
  });
  expect((await audit('--leaves', 'all')).code).toBe(2);
});

test('a history that was rewritten after an audit is found by the next one, though everything in it fits', async () => {
  expect((await audit()).code).toBe(0);
  told = { leaves: leavesOf(12, 1), sizes: [2, 5, 8, 11] };
  const { code, body } = await audit();
  expect([code, body]).toMatchObject([1, { findings: ['the last audit here: NOT_PROVEN'], earlier: [{ size: 8 }] }]);
  told = { leaves: leavesOf(12), sizes: [11] };
  expect(await audit()).toMatchObject({ code: 0, body: { earlier: [{ size: 8, finding: 'CONSISTENT' }] } });
});

test('a history of the same size with other leaves is a fork', async () => {
  await audit();
  told = { ...told, leaves: leavesOf(9, 1) };
  expect(await audit()).toMatchObject({ code: 1, body: { findings: ['the last audit here: FORKED'] } });
});

test('a checkpoint of another history on the way is found, and so is a leaf that is not the one of the tree', async () => {
  told = { ...told, forgedNotes: { 5: noteOf(5, treeOf(leavesOf(5, 0))) }, shown: leavesOf(9, 7) };
  const { code, body } = await audit();
  expect([code, body]).toMatchObject([1, { findings: ['checkpoints of 5 and 8: NOT_PROVEN', 'leaf 7: OTHER_ROOT'] }]);
  delete told.forgedNotes;
  delete told.shown;
  expect(await audit()).toMatchObject({ code: 0, body: { earlier: [] } }); // what did not fit was not kept
});

test('a gateway that leads in a circle is left', async () => {
  told = { ...told, forgedNotes: { 5: noteOf(8, treeOf(told.leaves)) } };
  expect(await audit()).toMatchObject({ code: 1, body: { findings: ['checkpoints of 8 and 8: CONSISTENT'] } });
});

test('a checkpoint that somebody kept elsewhere is compared too, and one that no trusted key has signed is worth nothing', async () => {
  await writeFile(join(cwd, 'monday.note'), noteOf(3, treeOf(leavesOf(3, 2))));
  expect(await audit('--since', 'monday.note')).toMatchObject({
    code: 1,
    body: { findings: ['monday.note: NOT_PROVEN'] },
  });
  await writeFile(join(cwd, 'keys'), renderVerifierKey(ORIGIN, new Uint8Array(32).fill(9)));
  expect(await audit()).toMatchObject({ code: 1, body: undefined, err: expect.stringContaining('no trusted key') });
});
