// Where one page ends and the next begins.

import { expect, test } from '@jest/globals';
import { anIndicatorReport, uuidOf } from './testing/records.ts';
import { aWorld } from './testing/world.ts';

test('of records that share id and millisecond none is skipped at a page boundary, and none comes twice', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const headers = await world.as('ama-lindqvist');
  const same = { id: uuidOf('same'), title: 'same' };
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('before') }));
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ ...same, agency: 'cse' }));
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ ...same, agency: 'rcmp' }));
  const secret = { ...same, agency: 'gac', marking: 'SECRET//CANADIAN EYES ONLY' };
  await world.observe('IndicatorReport', 's-can', anIndicatorReport(secret));
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('after') }));

  interface Page {
    readonly items: readonly { readonly id: string; readonly envelope: { readonly agency: string } }[];
    readonly next?: string;
  }
  const seen: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const url = `/v1/observations?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: Page = (await gateway.app.inject({ url, headers })).json<Page>();
    seen.push(...page.items.map(({ id, envelope }) => `${id} ${envelope.agency}`));
    cursor = page.next;
  }
  const expected = ['before cse', 'after cse', 'same cse', 'same rcmp', 'same gac'];
  expect(seen.sort()).toEqual(expected.map((each) => each.replace(/^\w+/, (name) => uuidOf(name))).sort());
});
