// What judged records say as text, and what a leaf says of them: made once, for however many they go to.
// Holds: pure; a leaf's hashes are those of the very texts that go out. Source: README.md#ledger

import { createHash } from 'node:crypto';
import { joinAll, print } from '@sitebus/marking';
import type { LeafContent } from './ledger.ts';
import type { Body } from './redact.ts';
import type { Judged } from './release.ts';

/** What a leaf says of the same records to whoever they go to. */
export interface Content {
  readonly marking: string;
  readonly texts: readonly string[];
  readonly records: LeafContent['records'];
  readonly bytes: number;
}

/** @returns the content of judged records, made once for each array. */
export function createContents(homeNation: string): (judged: readonly Judged[]) => Content {
  const made = new WeakMap<readonly Judged[], Content>();
  return (judged) => {
    const before = made.get(judged);
    if (before !== undefined) return before;
    const texts = judged.map(({ body }) => textOf(body));
    const content = {
      marking: print(joinAll(judged.map((each) => each.marking)), { homeNation }),
      texts: texts.map(({ text }) => text),
      records: judged.map(({ record }, at) => ({ id: record.id, contentHash: texts[at]?.hash ?? '' })),
      bytes: texts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    made.set(judged, content);
    return content;
  };
}

interface BodyText {
  readonly text: string;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly bytes: number;
}

const bodyTexts = new WeakMap<Body, BodyText>();

/** A body is never changed, and goes to many in a stream. */
function textOf(body: Body): BodyText {
  const before = bodyTexts.get(body);
  if (before !== undefined) return before;
  const text = JSON.stringify(body);
  const made = { text, hash: sha256(text), bytes: Buffer.byteLength(text) };
  bodyTexts.set(body, made);
  return made;
}

/** @returns the bytes of a judged body as JSON, made once for all its readers. */
export function bytesOf({ body }: Judged): number {
  return textOf(body).bytes;
}

/** @returns lower-case hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
