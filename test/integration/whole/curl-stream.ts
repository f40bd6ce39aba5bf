// curl, as it comes, reads the alert stream and takes it up again with `Last-Event-ID`: nothing twice, nothing lost.
// Holds: on the whole stack; the binary is the machine's own, and where there is none the test says so loudly.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { anIndicatorReport } from '../../support/observations.ts';
import { collectEvents, type StreamEvent } from '../../support/stream-events.ts';
import type { World } from '../../support/world.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) console.warn('SKIPPED: there is no curl; that it resumes a stream is not tested');
const withCurl = hasCurl ? test : test.skip;

let world: World;

/** Two agencies report one domain, so that an alert comes of it. */
async function raise(n: number): Promise<void> {
  for (const as of ['analyst', 'operator']) {
    const body = JSON.stringify(anIndicatorReport({ id: randomUUID(), marking: 'UNCLASSIFIED//TLP:CLEAR', domains: [`curl-${n}.example`] })); // prettier-ignore
    const answer = await world.ask(as, '/v1/observations', { method: 'POST', body, headers: { 'content-type': 'application/json' } }); // prettier-ignore
    expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
  }
}

/** Everything curl has written so far; `end` is Ctrl-C. */
function curlStream(query: string, lastEventId?: string) {
  const token = world.tokens.find(({ role }) => role === 'analyst')?.token ?? '';
  const resume = lastEventId === undefined ? [] : ['-H', `Last-Event-ID: ${lastEventId}`];
  const url = `${world.gateway}/v1/alerts/stream${query}`;
  const curl = spawn('curl', ['-sN', '-H', `Authorization: Bearer ${token}`, ...resume, url], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const events: StreamEvent[] = [];
  const reading = collectEvents(Readable.toWeb(curl.stdout) as never, events);
  return {
    alerts: () => events.filter(({ event }) => event === 'alert'),
    gaps: () => events.filter(({ event }) => event === 'gap'),
    async end() {
      curl.kill('SIGINT');
      await reading;
    },
  };
}

async function listed(): Promise<readonly string[]> {
  const { items } = (await world.get('analyst', '/v1/alerts?limit=200')) as { items: readonly { id: string }[] };
  return items.map(({ id }) => id).reverse();
}

/** What curl is given. */
export function curlClient(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));

  withCurl(
    'curl that is stopped again and again, and goes on from the last id it was given, has each alert once and in order',
    async () => {
      const got: string[] = [];
      let lastEventId: string | undefined;
      for (let round = 0; round < 3; round += 1) {
        await raise(round);
        const expected = await eventually(async () => { const ids = await listed(); return ids.length > got.length && ids; }, { what: 'a new alert' }); // prettier-ignore
        const curl = curlStream(lastEventId === undefined ? '?from=2000-01-01T00:00:00Z' : '', lastEventId);
        await eventually(() => curl.alerts().length >= expected.length - got.length, { what: 'what came while nobody listened' }); // prettier-ignore
        await raise(100 + round); // and one while it listens
        await eventually(async () => curl.alerts().length >= (await listed()).length - got.length && (await listed()).length > expected.length, { what: 'what came while it listened' }); // prettier-ignore
        await curl.end();
        expect(curl.gaps()).toEqual([]);
        got.push(...curl.alerts().map(({ data }) => String(data['id'])));
        lastEventId = curl.alerts().at(-1)?.id;
      }
      const last = curlStream('', lastEventId);
      const expected = await listed();
      await eventually(() => got.length + last.alerts().length >= expected.length, {
        what: 'the rest',
      });
      await last.end();
      got.push(...last.alerts().map(({ data }) => String(data['id'])));
      expect(expected.length).toBeGreaterThanOrEqual(6);
      expect(got.slice(0, expected.length)).toEqual(expected);
      expect(new Set(got).size).toBe(got.length);
    },
  );
}
