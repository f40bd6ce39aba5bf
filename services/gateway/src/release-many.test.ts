import { expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { releaseMany } from './release-many.ts';
import { textIn } from './body-fields.ts';
import type { Judged } from './release.ts';
import type { Subject } from './subject.ts';

const plain = createMarking({ classified: 'UNCLASSIFIED' });
const amber = createMarking({ classified: 'UNCLASSIFIED', tlp: 'AMBER' });
const judgedOf = (id: number, marking = plain) => ({ body: { id: String(id) }, marking, record: { id: String(id) } }) as unknown as Judged; // prettier-ignore

test('every record is on a leaf once, the shape sees all in order, and the last leaf has every marking there is', async () => {
  const leaves: (readonly Judged[])[] = [];
  const monitor = {
    releaseAll: async (judged: readonly Judged[], _subject: Subject, _reason: string, shape: (bodies: never) => unknown) => {
      leaves.push(judged);
      return shape(judged.map(({ body }) => body) as never) as never;
    },
  };
  const judged = [...Array(25).keys()].map((id) => judgedOf(id, id === 3 ? amber : plain));
  const answer = await releaseMany(monitor as never, judged, {} as Subject, (bodies) => bodies.map((each) => textIn(each, 'id')), 10); // prettier-ignore
  expect(answer).toEqual(judged.map(({ record }) => record.id));
  expect(leaves.flat().map(({ record }) => record.id).sort()).toEqual(judged.map(({ record }) => record.id).sort()); // prettier-ignore
  expect(Math.max(...leaves.map(({ length }) => length))).toBeLessThanOrEqual(10);
  expect(new Set(leaves.at(-1)?.map(({ marking }) => marking))).toEqual(new Set([plain, amber]));
}); // prettier-ignore
