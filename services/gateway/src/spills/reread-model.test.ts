// What was read before an order goes nowhere while all is read anew: it is not known yet what rested on the spilled record.

import { beforeAll, expect, test } from '@jest/globals';
import { fromWire } from '@sitebus/sdk';
import type { StoredAlert, StoredMatter } from '../read-model/model.ts';
import { anAlert, anAssessment, NOW_MS } from '../testing/records.ts';
import { aReader, aStage } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';
import { aWorld, thePolicy } from '../testing/world.ts';
import type { Subject } from '../subject.ts';
import { withoutSpilled } from './reread-model.ts';

let stage: Stage;
let reader: Subject;

beforeAll(async () => {
  await using world = await aWorld();
  stage = aStage({ policy: world.policy, codec: world.codec, view: 'public' });
  reader = aReader(await thePolicy(), 'public');
  await stage.page(reader); // known to the stage from here on
});

const value = anAlert(anAssessment({ view: 'public' }));
const marking = fromWire(value.marking);
const alert: StoredAlert = { kind: 'alert', id: value.id, offset: 0n, atMs: NOW_MS, marking, value, assessment: undefined }; // prettier-ignore
const matter: StoredMatter = { kind: 'matter', id: value.id, atMs: NOW_MS, marking, value: {}, parts: [] };

test('an alert that was judged before is neither judged again nor released until all has been read anew', async () => {
  let isRead = true;
  let isSpilled = false;
  const monitor = withoutSpilled(stage.monitor, { state: () => 'ok', isRead: () => isRead, isGone: () => isSpilled });
  const judged = monitor.judgeAs(alert, monitor.sightOf(reader));
  const release = async () => monitor.releaseAll('withheld' in judged ? [] : [judged], reader, 'LIST', (bodies) => bodies.length); // prettier-ignore
  await release();
  isRead = false; // an order has come
  expect(() => monitor.judge(alert, reader)).toThrow(expect.objectContaining({ slug: 'fail-closed', details: { part: 'store' } })); // prettier-ignore
  await expect(release()).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'store' } });
  expect(monitor.judge(matter, reader)).toMatchObject({ record: { kind: 'matter' } }); // protocol's, not read from the bus here
  [isRead, isSpilled] = [true, true];
  expect(monitor.judge(alert, reader)).toEqual({ withheld: true });
  await expect(release()).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'spills' } });
});
