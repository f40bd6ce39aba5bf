// Rows 18, 25, 26, 27 and 29 on one running whole: what the bus keeps apart, and what a stream may still say. The rows
// stand in files of their own; this one holds their world.

import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import { startWorld, type World } from '../support/world.ts';
import { openDesk, type AgencyDesk } from './agency-records.ts';
import { brokerRows } from './broker-rows.ts';
import { streamRows, useTokensOf } from './stream-rows.ts';

let world: World;
let desk: AgencyDesk;

beforeAll(async () => {
  world = await startWorld();
  useTokensOf(world);
  desk = await openDesk(world);
  const body = JSON.stringify(anIndicatorReport({ id: idOf(0x1800), marking: 'SECRET//CANADIAN EYES ONLY', domains: ['first.example'] })); // prettier-ignore
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  expect((await world.ask('ama-lindqvist', '/v1/observations', init)).status).toBe(202);
  await eventually(async () => ((await world.get('ama-lindqvist', '/v1/alerts'))['items'] as unknown[]).length > 0, {
    what: 'an alert to make more of',
  });
});
afterAll(async () => {
  await desk.close();
  await world.close();
});

describe('streams', () =>
  streamRows(
    () => world,
    () => desk,
  ));
describe('the bus', () =>
  brokerRows(
    () => world,
    () => desk,
  )); // last: a partition above is left standing still
