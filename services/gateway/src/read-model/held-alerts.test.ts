// What a stream reads while an alert is here and its assessment is not yet.

import { expect, test } from '@jest/globals';
import { anAlert, anAssessment, uuidOf } from '../testing/records.ts';
import { createAlerts } from './held-alerts.ts';
import { createAssessments } from './held-assessments.ts';

const about = ['first', 'second', 'third'].map((name) => anAssessment({ id: uuidOf(name) }));

test('an alert waits for its assessment, and so does what follows it; what stands before it does not', async () => {
  const assessments = createAssessments();
  const alerts = createAlerts(assessments);
  for (const [at, assessment] of about.entries()) alerts.add(anAlert(assessment), BigInt(at), 0);
  assessments.add(about[0]!, 0);
  assessments.add(about[2]!, 0);
  expect((await alerts.log.read(0n, 10)).map(({ offset }) => offset)).toEqual([0n]);
  let hasCome = false;
  const rest = alerts.log.read(1n, 10).finally(() => (hasCome = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasCome).toBe(false);
  assessments.add(about[1]!, 0);
  expect((await rest).map(({ offset, assessment }) => [offset, assessment?.id])).toEqual([
    [1n, uuidOf('second')],
    [2n, uuidOf('third')],
  ]);
});

test('an alert whose assessment is there in a later version alone is shown beside that one', async () => {
  const assessments = createAssessments();
  const alerts = createAlerts(assessments);
  alerts.add(anAlert(about[0]!), 0n, 0);
  assessments.add({ ...about[0]!, version: 4 }, 0);
  expect(await alerts.log.read(0n, 10)).toMatchObject([{ offset: 0n, assessment: { value: { version: 4 } } }]);
});

test('what is known not to come is waited for no longer, by those who wait already neither', async () => {
  const assessments = createAssessments();
  const alerts = createAlerts(assessments);
  for (const [at, assessment] of about.entries()) alerts.add(anAlert(assessment), BigInt(at), 0);
  assessments.add(about[1]!, 0);
  let hasCome = false;
  const waiting = alerts.log.read(0n, 2).finally(() => (hasCome = true));
  await new Promise((resolve) => setImmediate(resolve));
  alerts.passOver({ productId: about[0]!.id, productVersion: about[0]!.version + 1 }); // another one
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasCome).toBe(false);
  alerts.passOver({ productId: about[0]!.id, productVersion: about[0]!.version });
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasCome).toBe(true);
  expect((await waiting).map(({ offset, assessment }) => [offset, assessment?.id])).toEqual([
    [0n, undefined],
    [1n, uuidOf('second')],
  ]);
});
