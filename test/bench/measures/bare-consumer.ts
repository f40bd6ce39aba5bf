// The pipe's limits in this runtime: a consumer that only counts, and one that also decodes every record whole.
// Holds: stock kafkajs and stock avsc, nothing of ours in the path; one process, one line of JSON on stdout.

import avro from 'avsc';
// eslint-disable-next-line no-restricted-imports -- the yardstick is the library as anyone would use it
import { Kafka, logLevel } from 'kafkajs';
import { loadSchemaLock, newestOf, observationSubject } from '@sitebus/sdk';
import { readJob, report, startWatch } from '../job.ts';

const { connection, topics, records, mode } = readJob() as ReturnType<typeof readJob> & {
  topics: readonly string[];
  records: number;
  mode: 'count' | 'decode';
};
const lock = await loadSchemaLock(connection.lockPath);
const schema = JSON.parse(newestOf(lock, observationSubject('IndicatorReport'))!.schema) as avro.Schema;
const type = avro.Type.forSchema(schema);
const { brokers, admin } = connection;
const client = new Kafka({
  brokers: [...brokers],
  sasl: { mechanism: 'scram-sha-512', ...admin },
  logLevel: logLevel.NOTHING,
});
const consumer = client.consumer({
  groupId: `bench-bare-${process.pid}-${Date.now()}`,
  maxBytesPerPartition: 4 * 1024 * 1024,
  maxBytes: 16 * 1024 * 1024,
  maxWaitTimeInMs: 100,
});
await consumer.connect();
await consumer.subscribe({ topics: [...topics], fromBeginning: true });
let read = 0;
let sum = 0;
const watch = startWatch();
await new Promise<void>((done, fail) => {
  consumer
    .run({
      autoCommit: false,
      partitionsConsumedConcurrently: 6,
      eachBatch: async ({ batch }) => {
        watch.begin();
        for (const { value } of batch.messages)
          sum += mode === 'count' ? value!.length : (type.fromBuffer(value!.subarray(5)) as { parts: number }).parts;
        read += batch.messages.length;
        if (read >= records) done();
      },
    })
    .catch(fail);
});
report({ ...watch.end(records), sum });
process.exit(0);
