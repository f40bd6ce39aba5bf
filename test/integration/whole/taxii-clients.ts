// Outside clients as their package manager gives them: taxii2-client pages and posts, stix2 parses.
// Holds: on the whole stack, with real agencies behind the inbox; where a client is not there, the test says so loudly.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { anIndicatorReport } from '../../support/observations.ts';
import { pythonClients } from '../../support/python-clients.ts';
import type { World } from '../../support/world.ts';

const CLIENTS = join(import.meta.dirname, '..', 'clients');
const clients = await pythonClients(join(CLIENTS, 'requirements.txt'));
const withPython = 'python' in clients ? test : test.skip;

let world: World;

const keyOf = (role: string): string => world.tokens.find((each) => each.role === role)?.token ?? '';
const publish = async (as: string, domains: readonly string[]): Promise<void> => {
  const body = JSON.stringify(anIndicatorReport({ marking: 'UNCLASSIFIED//TLP:CLEAR', domains, id: randomUUID() }));
  // A machine that runs many tests at once may be overloaded for a moment; the id makes trying again harmless.
  await eventually(async () => {
    const answer = await world.ask(as, '/v1/observations', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    if (answer.status !== 202) throw new Error(await answer.text());
    return true;
  }, { what: 'a publication' });
}; // prettier-ignore

interface Session {
  readonly title: string;
  readonly may: readonly (readonly [string, boolean, boolean])[];
  readonly status: { readonly id: string; readonly again: string; readonly state: string; readonly total: number; readonly successes: readonly string[]; readonly failures: readonly (readonly [string, string])[] };
  readonly seen: readonly (readonly [string, string])[];
  readonly pages: number;
  readonly one: readonly string[];
  readonly filtered: readonly string[];
} // prettier-ignore

interface Listed {
  readonly id: string;
  readonly type: string;
  readonly modified?: string;
  readonly object_refs?: readonly string[];
}

function referredTo({ object_refs = [] }: Listed, type: string): number {
  return object_refs.filter((id) => id.startsWith(`${type}--`)).length;
}

/** What is posted: one indicator marked in full, one not marked at all. */
function anEnvelope() {
  const at = '2026-10-01T09:00:00.000Z';
  const head = { spec_version: '2.1', created: at, modified: at };
  const marking = 'marking-definition--8e8fd5ea-5a36-4e5e-b5a5-2a0d7a3f7f10';
  const indicator = (id: string, domain: string) => ({
    type: 'indicator', id, ...head, pattern: `[domain-name:value = '${domain}']`, pattern_type: 'stix', valid_from: at, indicator_types: ['malicious-activity'],
  }); // prettier-ignore
  const objects = [
    {
      type: 'marking-definition', id: marking, spec_version: '2.1', created: at, name: 'UNCLASSIFIED//TLP:CLEAR',
      extensions: {
        'extension-definition--3aafae74-5459-5d3e-84a0-9b2f1b0c649e': {
          extension_type: 'property-extension', classified: 'UNCLASSIFIED', protected: 'NONE', rel_to: 'ALL', tlp: 'CLEAR', orcon: false, banner: 'UNCLASSIFIED//TLP:CLEAR',
        },
      },
    },
    { ...indicator('indicator--3b0e3ed1-0c3e-4b6e-9f0a-6a4f6b0c9d01', 'posted-by-client.example'), object_marking_refs: [marking] },
    indicator('indicator--3b0e3ed1-0c3e-4b6e-9f0a-6a4f6b0c9d02', 'unmarked.example'),
  ]; // prettier-ignore
  return { objects };
}

/** What outside clients of TAXII get. */
export function taxiiClients(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));

  withPython('taxii2-client discovers, posts and pages while others write: every object once; stix2 parses each', async () => {
  const orders = { url: `${world.gateway}/taxii2/`, key: keyOf('analyst'), alias: 's-can', envelope: anEnvelope() };
  const session = spawn((clients as { python: string }).python, [join(CLIENTS, 'taxii_session.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [said, complained] = ['', ''];
  session.stdout.on('data', (chunk) => (said += String(chunk)));
  session.stderr.on('data', (chunk) => (complained += String(chunk)));
  session.stdin.write(`${JSON.stringify(orders)}\n`);
  for (let n = 0; n < 8; n += 1) await publish(n % 2 === 0 ? 'analyst' : 'operator', [`while-paging-${n >> 1}.example`]);

  const collection = `/taxii2/sitebus/collections/${world.policy.views.find(({ id }) => id === 's-can')?.collection}`;
  const listed = async () => {
    const { objects = [] } = await world.get('analyst', `${collection}/objects/?limit=1000`) as { objects?: Listed[] };
    return objects;
  };
  // Each pair is one report of two observations and what was posted is in one of its own: nothing will be revised after
  // that. A report that is replaced while the client ends is gone, and its next version is not there yet.
  const due = await eventually(async () => {
    const objects = await listed();
    const reports = objects.filter(({ type }) => type === 'report');
    const pairs = reports.filter((report) => referredTo(report, 'observed-data') === 2);
    const posted = objects.find((object) => object.type === 'observed-data' && JSON.stringify(object).includes('posted-by-client.example'));
    return pairs.length === 4 && reports.some(({ object_refs = [] }) => object_refs.includes(posted?.id ?? '')) && objects;
  }, { what: 'four reports of two observations, and the posted one' });
  session.stdin.write('stop\n');
  const [code] = (await once(session, 'exit')) as [number];
  expect([code, complained]).toEqual([0, '']);

  const saw = JSON.parse(said) as Session;
  expect(saw.may).toEqual(expect.arrayContaining([['inbox', false, true], ['s-can', true, false], ['public', true, false]]));
  expect(saw.may.map(([alias]) => alias)).not.toContain('ts-can');
  expect(saw.status).toMatchObject({ again: saw.status.id, state: 'complete', total: 3 });
  expect(saw.status.failures).toEqual([['indicator--3b0e3ed1-0c3e-4b6e-9f0a-6a4f6b0c9d02', expect.stringContaining('MARKING_REQUIRED')]]);
  expect(saw.status.successes.length + saw.status.failures.length).toBe(3);
  const keys = saw.seen.map(([id, modified]) => `${id} ${modified}`);
  expect(keys.length).toBe(new Set(keys).size);
  const lost = due.filter(({ id, modified = '' }) => !saw.seen.some(([got, version]) => got === id && version >= modified));
  expect(due.length).toBeGreaterThan(20);
  expect(lost).toEqual([]);
  expect(saw.pages).toBeGreaterThan(5);
  expect(saw.one).toHaveLength(1);
  expect(saw.filtered).toEqual(['observed-data']);
}); // prettier-ignore
}
