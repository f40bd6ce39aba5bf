import { expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import type { Lexicon } from '@sitebus/sdk';
import { createAlikeBodies } from './alike-bodies.ts';
import type { StoredAlert } from './read-model/model.ts';
import type { Sees } from './redact.ts';

const [low, high] = (['CLEAR', 'AMBER'] as const).map((tlp) => createMarking({ classified: 'UNCLASSIFIED', tlp }));
const record = {} as StoredAlert;
const lexicon = {} as Lexicon;
/** Shows a second part to who sees the first, and says that it was asked. */
const make = (sees: Sees) => ({ parts: sees(high!) ? [sees(low!)] : [] });

test('readers for whom each question has the same answer are given one body', () => {
  const bodies = createAlikeBodies();
  const first = bodies(record, () => true, lexicon, make);
  expect(first).toEqual({ parts: [true] });
  expect(bodies(record, () => true, lexicon, make)).toBe(first);
});

test('a reader with another answer, however late it is asked, another lexicon or another record is given what is theirs', () => {
  const bodies = createAlikeBodies();
  const first = bodies(record, () => true, lexicon, make);
  expect(bodies(record, (marking) => marking === high, lexicon, make)).toEqual({ parts: [false] });
  expect(bodies(record, (marking) => marking === low, lexicon, make)).toEqual({ parts: [] });
  expect(bodies(record, () => true, undefined, make)).not.toBe(first);
  expect(bodies({} as StoredAlert, () => true, lexicon, make)).not.toBe(first);
  expect(bodies(record, () => true, lexicon, make)).toBe(first);
});

test('what was not asked does not part readers', () => {
  const bodies = createAlikeBodies();
  const none = bodies(record, () => false, lexicon, make);
  expect(bodies(record, (marking) => marking === low, lexicon, make)).toBe(none);
});
