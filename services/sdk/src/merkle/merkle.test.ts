// The entry point of proofs loads in a browser: it reaches no Node module and no other part of the SDK.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('nothing that the entry point imports leaves this folder but the two packages of hashes and curves', () => {
  const reached = new Set(['index.ts']);
  const foreign = new Set<string>();
  for (const file of reached) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/ from '([^']+)'/g)) {
      if (name.startsWith('./')) reached.add(name.slice(2));
      else foreign.add(name);
    }
    expect(text).not.toMatch(/\bBuffer\.[a-z]|\bprocess\.[a-z]/);
  }
  expect(reached.size).toBeGreaterThan(6);
  expect([...foreign].sort()).toEqual(['@noble/curves/ed25519.js', '@noble/hashes/hmac.js', '@noble/hashes/sha2.js']);
});
