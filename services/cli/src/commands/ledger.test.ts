import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  checkpointText, commitmentOf, createMerkleTree, hashLeaf, keyIdOf, ledgerOrigin, renderNote, renderVerifierKey, toBase64, toHex,
} from '@sitebus/sdk/merkle'; // prettier-ignore
import { NOTICE_SIGNER, noticeVerifierKey, signNotice } from '@sitebus/sdk';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { Answer, FakeGateway } from '../testing/run-cli.ts';

const ORIGIN = ledgerOrigin('s-can');
const pair = generateKeyPairSync('ed25519');
const publicKey = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const SALT = Buffer.alloc(32, 4);
const RECORD = { id: 'alert-1', reason: 'NEW' };
const CONTENT = { id: RECORD.id, contentHash: createHash('sha256').update(JSON.stringify(RECORD)).digest('hex') };
const leaves = [0, 1, 2].map((seq) => JSON.stringify({ seq, eventCommit: toHex(commitmentOf(SALT, [CONTENT])) }));

function treeOf(texts: readonly string[]) {
  const tree = createMerkleTree();
  for (const text of texts) tree.append(hashLeaf(new TextEncoder().encode(text)));
  return tree;
}
const tree = treeOf(leaves);

function noteOf(size: number, of = tree): string {
  const text = checkpointText({ origin: ORIGIN, size, root: of.rootAt(size), at: '2031-10-02T14:05:15.000Z' });
  const signature = new Uint8Array(sign(null, Buffer.from(text), pair.privateKey));
  return renderNote(text, [{ name: ORIGIN, keyId: keyIdOf(ORIGIN, publicKey), signature }]);
}

const plain =
  (text: string): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
const entry = { index: 1, text: leaves[1], marking: 'SECRET//CANADIAN EYES ONLY', salt: SALT.toString('base64url') };

let gateway: FakeGateway | undefined;
let cwd = '';
const file = async (name: string, content: unknown): Promise<string> => {
  await writeFile(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
};

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sitebus-verify-'));
  await file('keys', `${renderVerifierKey(ORIGIN, publicKey)}\n`);
  gateway = await startGateway({
    'GET /v1/ledger/entries': json({ items: [entry] }),
    'GET /v1/ledger/entries/1': json(entry),
    'GET /v1/ledger/entries/2': json({ ...entry, index: 2, text: leaves[2] }),
    'GET /v1/ledger/checkpoint': plain(noteOf(2)),
    'GET /v1/ledger/checkpoints/3': plain(noteOf(3)),
    'GET /v1/ledger/proof/inclusion': json({ index: 1, size: 2, hashes: tree.inclusionProof(1, 2).map(toBase64) }),
    'GET /v1/ledger/proof/consistency': json({ from: 2, to: 3, hashes: tree.consistencyProof(2, 3).map(toBase64) }),
  });
});
afterEach(async () => {
  await gateway?.close();
  await rm(cwd, { recursive: true, force: true });
});

const run = (...words: string[]) => runCli([...words, '--keys', 'keys'], { cwd, env: gateway?.env ?? {} });

test('the last delivery is proven, every hash is printed, and the marking stands around it', async () => {
  const { code, out } = await run('verify', 'last');
  expect(out.split('\n')).toEqual([
    'SECRET//CANADIAN EYES ONLY',
    `leaf      1  ${toHex(tree.leafHash(1))}`,
    `left      ${toHex(tree.leafHash(0))}  gives ${toHex(tree.rootAt(2))}`,
    `root      2  ${toHex(tree.rootAt(2))}`,
    `signed    ${ORIGIN}  ${keyIdOf(ORIGIN, publicKey)}  2031-10-02T14:05:15.000Z`,
    'content   not compared: the leaf alone',
    'proven',
    'SECRET//CANADIAN EYES ONLY',
    '',
  ]);
  expect(code).toBe(0);
});

test('a line of the stream is proven with its content, and not when the content was altered', async () => {
  const delivered = { ...RECORD, delivery: { leafIndex: 1, checkpoint: 0 }, cursor: 'abc' };
  const good = await run('verify', await file('good.json', delivered), '--json');
  expect([good.code, JSON.parse(good.out)]).toMatchObject([0, { status: 'PROVEN', isContentCompared: true }]);
  const bad = await run('verify', await file('bad.json', { ...delivered, reason: 'BAND' }), '--json');
  expect([bad.code, JSON.parse(bad.out)]).toMatchObject([1, { status: 'NOT_PROVEN', reason: 'OTHER_CONTENT' }]);
});

test('what verify printed as JSON is verified again without any gateway', async () => {
  const { out } = await run('verify', '1', '--json');
  await gateway?.close();
  const again = await run('verify', await file('proof.json', out));
  expect([again.code, again.out.trim().split('\n').at(-1)]).toEqual([0, 'proven']);
});

test('a leaf beyond the newest checkpoint is not yet in one', async () => {
  const { code, out } = await run('verify', '2', '--wait', '0');
  expect([code, out.split('\n').at(-3)]).toEqual([1, 'not yet in a checkpoint']);
});

test('without a key to trust nothing is called proven', async () => {
  const { code, err } = await runCli(['verify', 'last'], { cwd, env: gateway?.env ?? {} });
  expect([code, err.split('\n')[0]]).toEqual([2, 'error: no key of the ledger is known here']);
  await file('keys', renderVerifierKey(ORIGIN, new Uint8Array(32).fill(9)));
  const other = await run('verify', 'last');
  expect([other.code, other.out]).toEqual([1, expect.stringContaining('not proven: CHECKPOINT_UNSIGNED')]);
});

test('two checkpoints of one history are consistent, from files or by size', async () => {
  const { code, out } = await run('ledger', 'check', await file('old.note', noteOf(2)), '3');
  expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'consistent: the older is the beginning of the newer']);
});

test.each([
  ['two histories of one size', () => [noteOf(2), noteOf(2, treeOf([leaves[0]!, 'forged']))], 'FORKED'],
  ['a history that was rewritten', () => [noteOf(2, treeOf([leaves[0]!, 'forged'])), noteOf(3)], 'NOT_PROVEN'],
  ['a note that nobody signed', () => [noteOf(2).replace('\n2\n', '\n1\n'), noteOf(3)], 'UNSIGNED'],
])('%s are not consistent', async (_case, notes, finding) => {
  const [a = '', b = ''] = notes();
  const { code, out } = await run('ledger', 'check', await file('a', a), await file('b', b), '--json');
  expect([code, JSON.parse(out)]).toMatchObject([1, { finding }]);
});

test('the newest checkpoint is printed as the note it is, to be kept', async () => {
  const { code, out, err } = await run('ledger', 'checkpoint');
  expect([code, out, err]).toEqual([0, noteOf(2), `signed by ${keyIdOf(ORIGIN, publicKey)}\n`]);
});

test('a notice is proven by a key of notices alone, and not where one word of one language is another', async () => {
  const seed = Buffer.alloc(32, 9).toString('base64url');
  const words = { title: 'A false claim', known: 'The claim is false.', steps: ['Check before sharing.'] };
  const notice = { id: 'n1', version: 1, kind: 'ANNOUNCEMENT', electionId: 'ge-demo', en: words, fr: words, decisionHash: 'ab', issuedAt: '2031-10-02T14:05:15.000Z' }; // prettier-ignore
  const signature = { by: NOTICE_SIGNER, at: notice.issuedAt, signature: signNotice(notice, seed) };
  await gateway?.close();
  gateway = await startGateway({
    'GET /v1/notices/good': json({ ...notice, signature }),
    'GET /v1/notices/bad': json({ ...notice, fr: { ...words, known: 'Autre chose.' }, signature }),
    'GET /v1/notices/unsigned': json(notice),
  });
  expect((await run('verify', 'notice:good')).code).not.toBe(0); // the keys file has none of notices
  await file('keys', `${renderVerifierKey(ORIGIN, publicKey)}\n${noticeVerifierKey(seed)}\n`);
  const good = await run('verify', 'notice:good');
  expect(good.out).toContain('proven');
  expect(good.code).toBe(0);
  for (const name of ['bad', 'unsigned']) {
    const { code, out } = await run('verify', `notice:${name}`);
    expect(out).toContain('not proven');
    expect(code).not.toBe(0);
  }
});
