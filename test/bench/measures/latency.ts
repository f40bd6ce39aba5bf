// How long from publishing an observation to its alert, at a steady rate: the load and the reader of one view's alerts.
// Holds: fusion runs in another process; an alert is matched with the observation that anchors it by its id alone.

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { alertTopic, createCodec, loadPolicy, loadSchemaLock, type Alert } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { drawReports } from '../drawn-reports.ts';
import { placeOf, toRecord } from '../indicator-records.ts';
import { readJob, report } from '../job.ts';
import { packLoad } from '../packed-load.ts';

const { connection, view, perSecond, warmUpSeconds, seconds } = readJob() as ReturnType<typeof readJob> & {
  view: string;
  perSecond: number;
  warmUpSeconds: number;
  seconds: number;
};
const { brokers, admin, schemasDir, lockPath } = connection;
const TICK_MS = 5;
const LOOK_MS = 500;
const QUIET_MS = 10_000;
const ENDS_WITHIN_MS = 180_000;
const policy = await loadPolicy(`${schemasDir}/policy`);
const codec = createCodec({ lock: await loadSchemaLock(lockPath) });
const { namespace } = policy.views.find(({ id }) => id === view)!;
const count = perSecond * (warmUpSeconds + seconds);
const firstMeasured = perSecond * warmUpSeconds;
/** Places in the load of those that are measured, by the assessment of which each would be the anchor. */
const measuredIds = new Map<string, number>();
const load = packLoad(toRecords());
const bus = createKafkaBus({ brokers, sasl: admin, clientId: 'bench-load' });
/** When each of those that are measured was sent; 0 once its alert has come. */
const sentAt = new Float64Array(count);
const waited: number[] = [];
const consumer = await bus.createConsumer({
  groupId: `bench-alerts-${process.pid}`,
  topics: [alertTopic(view)],
  from: 'latest',
  commit: 'never',
  maxWaitMs: 50,
  onBatch: async ({ records }) => {
    for (const { value } of records) {
      const { assessmentId, reason } = codec.decode(value!).value as Alert;
      const index = reason === 'NEW' ? measuredIds.get(assessmentId) : undefined;
      if (index === undefined || sentAt[index] === 0) continue;
      waited.push(performance.now() - sentAt[index]!);
      sentAt[index] = 0;
    }
  },
});
await consumer.assigned;
/** One for all: who writes is elsewhere, and what it costs is no part of what is measured (the peers' load has one, too). */
const producer = await bus.createProducer();
const begun = performance.now();
let sent = 0;
let [acknowledged, refused] = [0, 0];
while (sent < count) {
  const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
  const from = sent;
  for (; sent < due; sent += 1) {
    if (sent >= firstMeasured) sentAt[sent] = performance.now();
    // Counted, not kept: a quarter of a million promises that are held cost the collector more than sending does.
    void producer.send(load.at(sent)).then(() => (acknowledged += 1), () => (refused += 1)); // prettier-ignore
  }
  if (from === sent || sent < count) await pause(TICK_MS);
}
const sendingSeconds = (performance.now() - begun) / 1_000;
await producer.flush();
while (acknowledged + refused < count) await pause(TICK_MS); // the last answers are told after the flush
if (refused > 0) throw new Error(`${refused} of ${count} records were refused`);
/** Alerts that come late are late, not lost: ends when none has come for a while. */
for (let quiet = 0, before = -1; quiet < QUIET_MS; quiet = before === waited.length ? quiet + LOOK_MS : 0) {
  before = waited.length;
  await pause(LOOK_MS);
  if (performance.now() - begun > ENDS_WITHIN_MS) break;
}
waited.sort((a, b) => a - b);
const at = (share: number): number =>
  waited[Math.min(waited.length - 1, Math.floor(waited.length * share))] ?? Number.NaN;
report({
  perSecond: count / sendingSeconds,
  alerts: waited.length,
  measured: count - firstMeasured,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  maxMs: at(1),
});
await producer.close();
await consumer.close();
await bus.close();
process.exit(0);

function* toRecords() {
  const from = Date.now() - 86_400_000;
  for (const [index, drawn] of drawReports({ count, seed: 11, from, afterNumber: 2 ** 28 }).entries()) {
    const { agency, cell } = placeOf(drawn);
    if (index >= firstMeasured) measuredIds.set(uuidV5(`${agency}/${cell}/${drawn.id}`, namespace), index);
    yield toRecord(drawn, codec);
  }
}

/** RFC 9562 §5.5. */
function uuidV5(name: string, space: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
