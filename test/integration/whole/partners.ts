// Partners on a real broker, with the terminal tool alone: from the first proposal to the last record that does not arrive.

import { beforeAll, expect, test } from '@jest/globals';
import { runCli } from '../../../services/cli/src/testing/run-cli.ts';
import { eventually } from '../../support/eventually.ts';
import { collectEvents, type StreamEvent } from '../../support/stream-events.ts';
import { patiently, type World } from '../../support/world.ts';

const TEN_MINUTES_MS = 600_000;
let world: World;
let key = '';

/** Runs the tool with a bearer; @returns its stdout, and fails where it fails. */
async function sitebus(token: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await runCli(words, { env: { SITEBUS_GATEWAY: world.gateway, SITEBUS_TOKEN: token } });
  if (code !== 0) throw new Error(`sitebus ${words.join(' ')}: ${code} ${err}`);
  return out;
}

const tokenOf = (person: string): string => world.tokens.find((each) => each.person.person === person)!.token;
const publish = (token: string, url: string): Promise<string> =>
  sitebus(token, 'publish', 'IndicatorReport', '--urls', url, '--observed-at', new Date(Date.now() - 1_000).toISOString(), '--marking', 'UNCLASSIFIED//TLP:CLEAR', '--json'); // prettier-ignore

/** A partner from its first day to its last. */
export function partners(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));

  test('partners ①: with the terminal tool alone a partner is onboarded, publishes, and reads its own assessment, in minutes', async () => {
    const startedMs = Date.now();
    const [first, second] = [tokenOf('dalia-fenwick'), tokenOf('edgar-nkemelu')];
    await sitebus(first, 'partner', 'onboard', 'harbour-lab', '--group', 'research');
    key = (await sitebus(second, 'partner', 'approve', 'harbour-lab')).trim();
    expect(key).toMatch(/^sbk_partner-harbour-lab_/);
    await eventually(async () => (await runCli(['whoami'], { env: { SITEBUS_GATEWAY: world.gateway, SITEBUS_TOKEN: key } })).code === 0); // prettier-ignore
    const url = 'https://harbour-watch.example/sold';
    await eventually(async () => (await publish(key, url)) !== '');
    await publish(key, url);
    const assessments = () => sitebus(key, 'list', 'assessments', '--filter', 'status=LIVE', '--json');
    await eventually(async () => (await assessments()).includes('partner-harbour-lab'));
    expect(Date.now() - startedMs).toBeLessThan(TEN_MINUTES_MS);
  });

  test('partners ③: after offboarding its open stream ends, nothing more arrives, and what it wrote stays', async () => {
    const events: StreamEvent[] = [];
    const asPartner = (path: string) => patiently(() => fetch(`${world.gateway}${path}`, { headers: { authorization: `Bearer ${key}` } })); // prettier-ignore
    const response = await asPartner('/v1/alerts/stream');
    expect(response.status).toBe(200);
    let ended = false;
    void collectEvents(response.body!, events).then(() => (ended = true));
    await sitebus(tokenOf('dalia-fenwick'), 'partner', 'offboard', 'harbour-lab');
    await eventually(() => ended);
    const before = events.filter(({ event }) => event === 'alert').length;
    for (let n = 0; n < 3; n += 1) await publish(tokenOf('piotr-adeyemi'), 'https://harbour-watch.example/sold');
    expect(events.filter(({ event }) => event === 'alert')).toHaveLength(before);
    const refused = await asPartner('/v1/observations');
    expect(refused.status).toBe(401);
    const { items } = await world.get('analyst', '/v1/observations?agency=partner-harbour-lab');
    expect(items).toHaveLength(2);
  });
}
