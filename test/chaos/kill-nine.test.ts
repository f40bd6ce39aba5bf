// kill -9 in the middle of a publish of 50,000 observations, then a start: nothing acknowledged is lost, nothing is doubled.

import { afterAll, expect, test } from '@jest/globals';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import { removeStack, startStackProcess, type StackProcess } from '../support/stack-process.ts';

const OBSERVATIONS = Number(process.env['CHAOS_OBSERVATIONS'] ?? 50_000);
const LINES_A_REQUEST = 5_000;
const PORT_BASE = 31_000;
let stack: StackProcess | undefined;

afterAll(async () => {
  await stack?.interrupt();
  await removeStack(PORT_BASE);
});

test('after a kill in the middle of a publish, every acknowledged observation is in one assessment, and none in two', async () => {
  stack = await startStackProcess(PORT_BASE, ['--fresh', '--no-scenario']);
  const acknowledged = new Set<string>();
  const killed = stack;
  const publishing = publish(killed, acknowledged);
  await eventually(() => acknowledged.size > OBSERVATIONS * 0.4, {
    withinMs: 240_000,
    what: 'four tenths acknowledged',
  });
  await killed.kill();
  await publishing;
  expect(acknowledged.size).toBeLessThan(OBSERVATIONS);

  stack = await startStackProcess(PORT_BASE, ['--no-scenario']);
  expect(stack.output()).toContain('recovered after an unclean stop');
  const survived = await memberships(stack, acknowledged.size);
  expect([...acknowledged].filter((id) => !survived.has(id))).toEqual([]);

  const again = new Set<string>();
  await publish(stack, again); // what a client does that does not know how far it got
  expect(again.size).toBe(OBSERVATIONS);
  const all = await memberships(stack, OBSERVATIONS);
  expect(all.size).toBe(OBSERVATIONS);
  expect([...all].filter(([, assessments]) => assessments.length !== 1)).toEqual([]);
}, 1_200_000);

/** Posts every observation, two by two on one domain; notes each id as its answer arrives; ends quietly when the stack is gone. */
async function publish({ state }: StackProcess, acknowledged: Set<string>): Promise<void> {
  for (let first = 0; first < OBSERVATIONS; first += LINES_A_REQUEST) {
    const lines = Array.from({ length: Math.min(LINES_A_REQUEST, OBSERVATIONS - first) }, (_, i) => {
      const n = first + i;
      const words = {
        id: idOf(n),
        marking: 'SECRET//CANADIAN EYES ONLY',
        domains: [`site-${n >> 1}.example`],
        origin: `rep:cse/${n}`,
      };
      return `${JSON.stringify(anIndicatorReport(words))}\n`;
    });
    try {
      const response = await fetch(`${state.gateway}/v1/observations/bulk`, {
        method: 'POST',
        headers: { authorization: `Bearer ${state.tokens['analyst'] ?? ''}`, 'content-type': 'application/x-ndjson' },
        body: lines.join(''),
      });
      expect(response.status).toBe(200);
      if (response.body === null) throw new Error('no body');
      for await (const line of createInterface({ input: Readable.fromWeb(response.body as never) })) {
        const answer = JSON.parse(line) as { status?: string; id?: string };
        if (answer.status === 'accepted' && answer.id !== undefined) acknowledged.add(answer.id);
        else if (answer.status !== undefined) throw new Error(`not accepted: ${line}`);
      }
    } catch (error) {
      if (error instanceof TypeError || /terminated|ECONNRESET|aborted/.test(String(error))) return; // the stack was killed
      throw error;
    }
  }
}

/** Assessments by member, read page by page until at least `expected` members are there. */
async function memberships({ state }: StackProcess, expected: number): Promise<Map<string, string[]>> {
  return eventually(
    async () => {
      const found = new Map<string, string[]>();
      for (let next: string | undefined = ''; next !== undefined;) {
        const query: string = next === '' ? '' : `&cursor=${next}`;
        const response = await fetch(`${state.gateway}/v1/assessments?status=LIVE&limit=200${query}`, {
          headers: { authorization: `Bearer ${state.tokens['analyst'] ?? ''}` },
        });
        if (response.status === 429) throw new Error('rate limited');
        const page = (await response.json()) as { items: { id: string; members: { id: string }[] }[]; next?: string };
        for (const { id, members } of page.items)
          for (const member of members) found.set(member.id, [...(found.get(member.id) ?? []), id]);
        next = page.next;
      }
      return found.size >= expected ? found : undefined;
    },
    { withinMs: 180_000, what: `${expected} observations in assessments` },
  );
}
