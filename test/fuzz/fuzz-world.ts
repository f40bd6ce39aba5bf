// What there is to be found while a sitebus is fuzzed, and as whom it is asked.

import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport } from '../support/observations.ts';
import type { World } from '../support/world.ts';
import type { FuzzWish } from './schemathesis-run.ts';

/** Roles that together may use every route; the last asks without a credential. */
export const FUZZ_READERS = [
  'analyst',
  'operator',
  'administrator',
  'partner-admin',
  'secretariat',
  undefined,
] as const;

/** Publishes some observations that link, and waits for what fusion makes of them. @returns ids of every kind. */
export async function fillWorld(world: World): Promise<readonly string[]> {
  for (let n = 0; n < 6; n += 1) {
    const body = JSON.stringify(anIndicatorReport({ id: randomUUID(), marking: 'UNCLASSIFIED//TLP:CLEAR', domains: [`fuzzed-${n % 3}.example`] })); // prettier-ignore
    const as = n < 3 ? 'analyst' : 'operator';
    const answer = await world.ask(as, '/v1/observations', { method: 'POST', body, headers: { 'content-type': 'application/json' } }); // prettier-ignore
    if (answer.status !== 202) throw new Error(await answer.text());
  }
  const idsOf = async (list: string): Promise<readonly string[]> =>
    ((await world.get('analyst', `/v1/${list}`))['items'] as readonly { id: string }[]).map(({ id }) => id);
  await eventually(async () => (await idsOf('alerts')).length > 0, { withinMs: 30_000, what: 'an alert' });
  const views = world.policy.views.flatMap(({ id, collection }) => (id === 'open' ? [] : [collection ?? '']));
  const ids = await Promise.all(['observations', 'assessments', 'alerts'].map(idsOf));
  return [...ids.flat(), ...views.filter((id) => id !== '')];
}

/** What a run as this reader needs. */
export function wishOf(
  world: World,
  role: (typeof FUZZ_READERS)[number],
  rest: Pick<FuzzWish, 'python' | 'seconds' | 'enough' | 'ids' | 'seed'>,
): FuzzWish {
  return { gateway: world.gateway, token: world.tokens.find((each) => each.role === role)?.token, ...rest };
}
