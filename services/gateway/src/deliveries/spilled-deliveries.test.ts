// A record is spilled between two attempts of what is sent, and in the middle of one: nothing of it goes any more.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signSpill, spillText, toSpillValue } from '@sitebus/kit';
import { createMarking } from '@sitebus/marking';
import { ledgerTopic, policyRootOf, spillTopic, toWire } from '@sitebus/sdk';
import type { BusPort } from '@sitebus/sdk';
import { eventually } from '../../../../test/support/eventually.ts';
import type { GatewayService } from '../service.ts';
import { anAlert, anAssessment, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';
import type { PostOutcome } from './webhook-port.ts';

const AMA = 'ama-lindqvist';
const OTHER = 'samir-vasquez';
const SIGNERS = ['dalia-fenwick', 'edgar-nkemelu'] as const;
const CEO = 'SECRET//CANADIAN EYES ONLY';
const QUARTER_MS = 15 * 60_000;
const WITHIN = { withinMs: 30_000 };
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');

let outboxDir: string;
let world: World;
let gateway: GatewayService;
let posts: string[];
/** How the target answers from now on. */
let answer: PostOutcome;
/** While it is there, leaves of releases wait for it. */
let gate: Promise<void> | undefined;
let heldLeaves: number;

beforeEach(async () => {
  outboxDir = join(await mkdtemp(join(tmpdir(), 'spilled-')), 'outbox');
  [posts, answer, gate, heldLeaves] = [[], { isTaken: true }, undefined, 0];
  world = await aWorld({
    signers: SIGNERS.map((person) => policyRootOf(person, seedOf(person))),
    bus: heldAtLedger,
    webhook: { post: async (_url, _headers, body) => (posts.push(body), answer), close: () => undefined },
  });
  gateway = await world.gateway('s-can', { webhookOrigins: ['loopback'], outboxDir, deliveriesTickMs: 10 });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await rm(join(outboxDir, '..'), { recursive: true });
});

/** The bus, on which leaves lie as late as `gate` has it. */
function heldAtLedger(bus: BusPort): BusPort {
  return {
    ...bus,
    async createProducer() {
      const producer = await bus.createProducer();
      return {
        ...producer,
        async send(record) {
          if (record.topic === ledgerTopic('s-can') && gate !== undefined) {
            heldLeaves += 1;
            await gate;
          }
          return producer.send(record);
        },
      };
    },
  };
}

async function subscribe(deliver: 'webhook' | 'digest', as = AMA): Promise<() => Promise<Delivery[]>> {
  const url = deliver === 'webhook' ? { url: 'http://127.0.0.1:1/hook' } : {};
  const headers = await world.as(as);
  const made = await gateway.app.inject({ method: 'POST', url: '/v1/subscriptions', headers, payload: { name: 'n', filter: {}, deliver, ...url } }); // prettier-ignore
  expect(made.statusCode).toBe(201);
  const { id } = made.json<{ id: string }>();
  return async () =>
    (await gateway.app.inject({ url: `/v1/subscriptions/${id}/deliveries`, headers })).json<{ items?: Delivery[] }>().items ?? []; // prettier-ignore
}
interface Delivery {
  readonly state: string;
  readonly records: number;
}

/** An alert of two observations, assigned to Ama; `of` is the first of them. */
async function happens(name: string, of = uuidOf(`seen in ${name}`)): Promise<string> {
  const { members, ...rest } = anAssessment({ id: uuidOf(name), marking: CEO });
  const [first, ...others] = members as [(typeof members)[0], ...typeof members];
  const about = { ...rest, members: [{ ...first, id: of }, ...others.map((each) => ({ ...each, id: uuidOf(`${name} ${each.id}`) }))] }; // prettier-ignore
  const alert = anAlert(about, { precedence: 'PRIORITY' });
  await world.assess(about);
  await world.alert(alert);
  const marking = toWire(createMarking({ classified: 'UNCLASSIFIED' }));
  world
    .desk('s-can')
    .triage.set(alert.id, [
      { seq: 1, state: 'ASSIGNED', assignee: AMA, reason: 'yours', by: OTHER, atMs: world.clock.now(), marking },
    ]);
  return alert.id;
}

/** Two persons have the observation skipped; the gateway has read all anew. */
async function spill(id: string): Promise<void> {
  const text = spillText({
    cell: 's-can', seq: 1, previous: '', topic: 'obs.s-can.cse', partition: 0, offset: '0', key: null, sha256: '0'.repeat(64),
    id, agency: 'cse', reason: 'marked too low', by: SIGNERS[0], at: 0, until: 1, policyVersion: 1,
  }); // prettier-ignore
  const note = SIGNERS.reduce((before, person) => signSpill(before, { person, seed: seedOf(person) }), text);
  const producer = await world.bus.connect.bus.createProducer();
  await producer.send({
    topic: spillTopic('s-can'),
    key: 's-can.1',
    value: toSpillValue({ note, by: SIGNERS, at: 0 }),
  });
  await eventually(async () => (await ask('/v1/alerts')).statusCode === 200 && !(await ask('/v1/alerts')).body.includes(id)); // prettier-ignore
}
const ask = async (url: string) => gateway.app.inject({ url, headers: await world.as(AMA) });

async function mails(): Promise<string> {
  const files = await readdir(outboxDir).catch(() => []);
  const texts = await Promise.all(files.filter((file) => file.endsWith('.eml')).map((file) => readFile(join(outboxDir, file), 'utf8'))); // prettier-ignore
  return texts.join('').replaceAll(/=\r?\n/g, ''); // of nodemailer's quoted-printable
}

const SEEN = uuidOf('seen by mistake');

test('what is tried again after a spill holds nothing of the record: neither the digest nor the post', async () => {
  await writeFile(outboxDir, 'in the way'); // no mail arrives
  answer = { isTaken: false, code: 'HTTP_503', isGone: false };
  const [digest, webhook] = [await subscribe('digest'), await subscribe('webhook')];
  await world.pass(60_000);
  const [spilled, other] = [await happens('spilled', SEEN), await happens('other')];
  await world.pass(QUARTER_MS);
  await eventually(async () => (await digest())[0]?.state === 'RETRYING' && (await webhook())[0]?.state === 'RETRYING', WITHIN); // prettier-ignore
  expect([(await digest())[0]?.records, posts.join('').includes(spilled)]).toEqual([2, true]);
  await spill(SEEN);
  const before = posts.length;
  answer = { isTaken: true };
  await rm(outboxDir);
  await world.pass(QUARTER_MS);
  await eventually(async () => (await mails()).includes(other) && posts.slice(before).join('').includes(other), WITHIN);
  expect([(await mails()).includes(spilled), posts.slice(before).join('').includes(spilled)]).toEqual([false, false]);
});

test.each(['webhook', 'digest'] as const)('a %s whose leaf is being written when the spill comes does not go', async (deliver) => {
  const log = await subscribe(deliver);
  await world.pass(60_000);
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  const spilled = await happens('spilled', SEEN);
  await world.pass(QUARTER_MS);
  await eventually(() => heldLeaves === 1, WITHIN);
  const asked = spill(SEEN);
  await eventually(() => gateway.ready().parts['store'] === 'ok' && gateway.ready().parts['spills'] === 'ok');
  gate = undefined;
  open();
  await asked;
  await eventually(async () => (await log()).some(({ state }) => state === 'WITHHELD'), WITHIN);
  const other = await happens('other');
  await world.pass(QUARTER_MS);
  const sent = async () => `${await mails()}${posts.join('')}`;
  await eventually(async () => (await sent()).includes(other), WITHIN);
  expect(await sent()).not.toContain(spilled);
}); // prettier-ignore
