import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renderNote, renderVerifierKey } from './merkle/index.ts';
import {
  loadSignedPolicy, policyDigest, policyNoteText, policyRootOf, policyRootsOf, policySigners, POLICY_NOTE, signPolicy,
} from './policy-signature.ts'; // prettier-ignore
import { signStatement } from './signature.ts';

const SHIPPED = fileURLToPath(new URL('../../../schemas/policy', import.meta.url));
const outdated = (version: number, inForce: number) =>
  expect.objectContaining({ code: 'POLICY_OUTDATED', retriable: false, details: { version, inForce } });
const unverified = (reason: string) =>
  expect.objectContaining({ code: 'POLICY_UNVERIFIED', retriable: false, details: { reason } });

function aPerson(person: string, fill: number) {
  const seed = Buffer.alloc(32, fill).toString('base64url');
  const root = policyRootOf(person, seed);
  const signed = (text: string) => ({
    name: root.name,
    keyId: root.keyId,
    signature: new Uint8Array(Buffer.from(signStatement(text, seed), 'base64url')),
  });
  return { person, seed, root, signed };
}

const anna = aPerson('anna', 1);
const annasOther = aPerson('anna', 2);
const boris = aPerson('boris', 3);
const stranger = aPerson('stranger', 4);
const roots = [anna.root, annasOther.root, boris.root];

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-policy-'));
  await cp(SHIPPED, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function signBy(signers: readonly ReturnType<typeof aPerson>[], version = 1): Promise<void> {
  const text = policyNoteText(version, await policyDigest(dir));
  await writeFile(
    join(dir, POLICY_NOTE),
    renderNote(
      text,
      signers.map((each) => each.signed(text)),
    ),
  );
}

test('a policy that two pinned persons have signed is read', async () => {
  await signBy([anna, boris]);
  expect((await loadSignedPolicy(dir, { roots, atLeast: 0 })).views.length).toBeGreaterThan(0);
  expect(await policySigners(dir, { roots })).toEqual({ version: 1, names: [anna.root.name, boris.root.name] });
});

test('the note may lie elsewhere, and is no part of what it vouches for', async () => {
  await signBy([anna, boris]);
  const elsewhere = await mkdtemp(join(tmpdir(), 'sitebus-note-'));
  const notePath = join(elsewhere, 'policy.note');
  await cp(join(dir, POLICY_NOTE), notePath);
  await rm(join(dir, POLICY_NOTE));
  await expect(loadSignedPolicy(dir, { roots, notePath, atLeast: 0 })).resolves.toBeDefined();
  await rm(elsewhere, { recursive: true });
});

test.each([
  ['nobody has signed', [], 'the note is none of a policy'],
  ['one person has', [anna], '1 of the 2 pinned persons it takes have signed'],
  ['one person has with two keys', [anna, annasOther], '1 of the 2 pinned persons it takes have signed'],
  ['the other is not pinned', [anna, stranger], '1 of the 2 pinned persons it takes have signed'],
])('it is refused where %s', async (_case, signers, reason) => {
  await signBy(signers);
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(unverified(reason));
});

test('it is refused without a note', async () => {
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(
    unverified('nobody has signed it: the note cannot be read'),
  );
});

test.each([
  ['changed', () => writeFile(join(dir, 'views.json'), '{"views":[]}')],
  ['added', () => writeFile(join(dir, 'lexicons', 'another.json'), '{}')],
  ['taken away', () => rm(join(dir, 'schema', 'views.json'))],
])('it is refused where a file was %s after it was signed', async (_case, act) => {
  await signBy([anna, boris]);
  await act();
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(
    unverified('a file was added, changed or taken away after it was signed'),
  );
});

test('a signature over another text spoils the note, though two good ones stand beside it', async () => {
  const text = policyNoteText(1, await policyDigest(dir));
  const signatures = [anna.signed(text), boris.signed(text), annasOther.signed(`${text} `)];
  await writeFile(join(dir, POLICY_NOTE), renderNote(text, signatures));
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(
    unverified('a signature of a pinned key is bad'),
  );
});

test('the version that is signed must be the one that lies there', async () => {
  await signBy([anna, boris], 2);
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(
    unverified('version 2 is signed, and version 1 lies there'),
  );
});

test('an older version than the one in force is refused, both named', async () => {
  await signBy([anna, boris]);
  await expect(loadSignedPolicy(dir, { roots, atLeast: 1 })).resolves.toBeDefined();
  await expect(loadSignedPolicy(dir, { roots, atLeast: 2 })).rejects.toEqual(outdated(1, 2));
});

describe('what the schema lock says is in force', () => {
  /** The folder as shipped with another version, and its note by these persons. */
  async function provisionedAs(version: number, signers: readonly ReturnType<typeof aPerson>[]): Promise<string> {
    const text = policyNoteText(version, await policyDigest(dir));
    return renderNote(
      text,
      signers.map((each) => each.signed(text)),
    );
  }

  test('is the same policy, or an older one: the policy is read', async () => {
    await signBy([anna, boris]);
    const provisioned = await provisionedAs(1, [boris, annasOther]); // others may have signed it there
    await expect(loadSignedPolicy(dir, { roots, provisioned })).resolves.toMatchObject({ version: 1 });
    await writeFile(join(dir, 'policy.json'), (await readFile(join(dir, 'policy.json'), 'utf8')).replace('"version": 1', '"version": 2')); // prettier-ignore
    await signBy([anna, boris], 2);
    await expect(loadSignedPolicy(dir, { roots, provisioned })).resolves.toMatchObject({ version: 2 });
  });

  test('is a newer one: the policy is refused, however well it is signed, both versions named', async () => {
    await signBy([anna, boris]);
    const provisioned = await provisionedAs(2, [anna, boris]);
    await expect(loadSignedPolicy(dir, { roots, provisioned })).rejects.toEqual(outdated(1, 2));
  });

  test('is another one of the same version: the policy is refused', async () => {
    const provisioned = await provisionedAs(1, [anna, boris]);
    await writeFile(join(dir, 'lexicons', 'note.txt'), 'changed');
    await signBy([anna, boris]);
    await expect(loadSignedPolicy(dir, { roots, provisioned })).rejects.toEqual(
      unverified('version 1 was provisioned with other files'),
    );
  });

  test.each([
    ['is missing', async () => '', 'the note is none of a policy'],
    ['is a number alone', async () => 'sitebus/policy\n1\n', 'the note is none of a policy'],
    ['was signed by one person', () => provisionedAs(1, [anna, annasOther]), '1 of the 2 pinned persons it takes have signed'],
    ['was signed by a stranger', () => provisionedAs(1, [anna, stranger]), '1 of the 2 pinned persons it takes have signed'],
    ['was made older', async () => (await provisionedAs(2, [anna, boris])).replace('\n2\n', '\n1\n'), 'a signature of a pinned key is bad'],
  ])('%s: the policy is refused', async (_case, noteOf, reason) => {
    await signBy([anna, boris]);
    await expect(loadSignedPolicy(dir, { roots, provisioned: await noteOf() })).rejects.toEqual(
      unverified(`of what the schema lock says is in force: ${reason}`),
    );
  }); // prettier-ignore
});

test('two persons sign one after the other; what was signed of an earlier version is not carried over', async () => {
  const one = await signPolicy(dir, anna);
  const both = await signPolicy(dir, boris, one);
  await writeFile(join(dir, POLICY_NOTE), await signPolicy(dir, boris, both)); // twice is once
  expect((await policySigners(dir, { roots })).names).toEqual([anna.root.name, boris.root.name]);
  await writeFile(join(dir, 'lexicons', 'note.txt'), 'changed');
  await writeFile(join(dir, POLICY_NOTE), await signPolicy(dir, boris, both));
  await expect(loadSignedPolicy(dir, { roots, atLeast: 0 })).rejects.toEqual(
    unverified('1 of the 2 pinned persons it takes have signed'),
  );
});

test('pinned keys are read from their texts, and a key of anything else is none', () => {
  const { name, publicKey } = anna.root;
  expect(policyRootsOf([renderVerifierKey(name, publicKey)])).toEqual([anna.root]);
  const ledgers = renderVerifierKey('sitebus/ledger.public', publicKey);
  expect(() => policyRootsOf([renderVerifierKey(name, publicKey), ledgers])).toThrow(
    unverified('pinned key 2 is no key of sitebus/policy/<person>'),
  );
});
