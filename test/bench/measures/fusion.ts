// Our fusion from a filled topic to the last committed cut: one view or several in one process, transactions and all.
// Holds: the service on its own principal, one view with its bus in a thread, as main.ts makes it, several without, as the
// local stack does; nothing is switched off. Three errands: `drain` what is
// there, `restart` over cuts that are there already, `serve` until told to end.

import { join } from 'node:path';
import { createFusionService, createThreadedAdmission, inputTopicsOf, loadCommonValues } from '@sitebus/fusion';
import {
  createCodec, createConfluentRegistry, fusionPrincipal, loadPolicy, loadSchemaLock, silentLog, systemClock,
  type BusPort, type Cut,
} from '@sitebus/sdk'; // prettier-ignore
import { createKafkaBus, createThreadedKafkaBus } from '@sitebus/sdk/kafka';
import { readJob, report, startWatch } from '../job.ts';

const { connection, views, recordsByTopic, errand, snapshotDir } = readJob() as ReturnType<typeof readJob> & {
  views: readonly string[];
  recordsByTopic: Readonly<Record<string, number>>;
  errand: 'drain' | 'restart' | 'serve';
  /** Where a snapshot is looked for at the start, and left at the end. */
  snapshotDir?: string;
};
/** Default of `SITEBUS_MAX_CUT_RECORDS`. */
const AS_A_PROCESS = 20_000;
const { brokers, credentials, registryUrl, schemasDir } = connection;
const [policy, lock, commonValues] = await Promise.all([
  loadPolicy(join(schemasDir, 'policy')),
  loadSchemaLock(connection.lockPath),
  loadCommonValues(join(schemasDir, 'policy', 'common-values')),
]);
const registry = createConfluentRegistry({ url: registryUrl });
const codec = createCodec({ lock, registry });
const watch = startWatch();
const begun = performance.now();
let firstAt = 0;
let [assessments, alerts, cuts, read] = [0, 0, 0, 0];
const finished = views.map(async (id) => {
  const view = policy.views.find((one) => one.id === id)!;
  const wanted = inputTopicsOf(view, policy).reduce((sum, topic) => sum + (recordsByTopic[topic] ?? 0), 0);
  read += wanted;
  const createBus = views.length === 1 ? createThreadedKafkaBus : createKafkaBus;
  const bus = createBus({ brokers, sasl: credentials[fusionPrincipal(id)]!, clientId: fusionPrincipal(id) });
  const admitting =
    views.length === 1 ? createThreadedAdmission({ view: id, policy, lock, commonValues, registry }) : undefined;
  let cut = 0;
  let allCut: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (allCut = resolve));
  const service = createFusionService({
    config: { view: id, ...(views.length === 1 && { maxCutRecords: AS_A_PROCESS }), ...(snapshotDir === undefined ? {} : { snapshotDir }) }, policy, codec, commonValues, clock: systemClock, log: silentLog,
    ...(admitting && { admitting }),
    bus: observed(bus, (step) => {
      cuts += 1;
      cut += step.records;
      assessments += step.changes;
      alerts += step.alerts;
      if (cut >= wanted) allCut();
    }),
  }); // prettier-ignore
  await service.start();
  if (errand !== 'drain') return { service, bus };
  const cause = await Promise.race([done, service.fatal]);
  if (cause instanceof Error) throw cause;
  return { service, bus };
});
const services = await Promise.all(finished);
if (errand === 'serve') {
  process.stdout.write('READY\n');
  await new Promise((done) => process.once('SIGTERM', done));
}
const measured = watch.end(read);
globalThis.gc?.();
report({
  ...measured,
  assessments,
  alerts,
  cuts,
  startedMs: performance.now() - begun,
  restMb: process.memoryUsage().rss / 2 ** 20,
});
for (const { service, bus } of services) {
  await service.stop();
  await bus.close();
}
process.exit(0);

/** The bus, telling when the first observation comes and of every cut that has been committed. */
function observed(bus: BusPort, onCut: (cut: Cut) => void): BusPort {
  return {
    ...bus,
    createConsumer: (options) =>
      bus.createConsumer({
        ...options,
        onBatch: (batch) => {
          if (batch.topic.startsWith('obs.') && firstAt === 0) {
            firstAt = performance.now();
            watch.begin();
          }
          return options.onBatch(batch);
        },
      }),
    async createTransactionalProducer(id) {
      const producer = await bus.createTransactionalProducer(id);
      return {
        transactionalId: producer.transactionalId,
        close: () => producer.close(),
        async commit(records) {
          const acknowledged = await producer.commit(records);
          const last = records.at(-1)!;
          if (last.topic.startsWith('lane.')) onCut(codec.decode(last.value!).value as Cut);
          return acknowledged;
        },
      };
    },
  };
}
