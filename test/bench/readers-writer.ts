// Raises the alerts of the readers' bench in a process of its own, so that their encoding and sending are not the gateway's.
// Holds: an even rate, bounded in time and count; each alert says when it was raised, which is what is measured from. A message
// `WriterTask` makes it ready, `{go: true}` has it begin; it answers each, the second when every record is acknowledged.

import { alertTopic, assessTopic, createCodec, loadSchemaLock, type BusProducer, type Codec, type OutgoingRecord } from '@sitebus/sdk'; // prettier-ignore
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { alertAt, recordsOf } from './readers-draws.ts';

/** What is to be raised, and where. */
export interface WriterTask {
  readonly bootstrap: string;
  readonly admin: { readonly user: string; readonly password: string };
  readonly lockFile: string;
  /** Alerts a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What was raised so far. */
export interface WriterAnswer {
  readonly sent: number;
}

/** Has a writer that is ready begin. */
export interface WriterStart {
  readonly go: true;
}

const TICK_MS = 50;

let begin: (() => Promise<number>) | undefined;

process.on('message', (message: WriterTask | WriterStart) => void obey(message).then((sent) => process.send?.({ sent } satisfies WriterAnswer))); // prettier-ignore
process.on('disconnect', () => process.exit(0)); // the bench is gone

async function obey(message: WriterTask | WriterStart): Promise<number> {
  if ('go' in message) return (await begin?.()) ?? 0;
  begin = await makeReady(message);
  return 0;
}

async function makeReady({ bootstrap, admin, lockFile, rate, seconds }: WriterTask): Promise<() => Promise<number>> {
  const codec = createCodec({ lock: await loadSchemaLock(lockFile) });
  const sasl = { username: admin.user, password: admin.password };
  const bus = createKafkaBus({ brokers: [bootstrap], sasl, clientId: 'bench' });
  const producer = await bus.createProducer();
  return () => raise(codec, producer, rate, rate * seconds);
}

async function raise(codec: Codec, producer: BusProducer, rate: number, lastSeq: number): Promise<number> {
  const startedMs = performance.now();
  const sends: Promise<unknown>[] = [];
  let seq = 0;
  while (seq < lastSeq) {
    const due = Math.min(lastSeq, Math.floor(((performance.now() - startedMs) / 1_000) * rate) + 1);
    const records: OutgoingRecord[] = [];
    while (seq < due) {
      const { alert, assessment } = recordsOf(alertAt((seq += 1)), Date.now());
      records.push(
        { topic: assessTopic(alert.view), key: assessment.id, value: codec.encode('ca.sitebus.fusion.Assessment', assessment) },
        { topic: alertTopic(alert.view), key: assessment.id, value: codec.encode('ca.sitebus.fusion.Alert', alert) },
      ); // prettier-ignore
    }
    sends.push(producer.sendAll(records).then((all) => all.forEach((one) => { if (one.status === 'rejected') throw one.reason; }))); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, TICK_MS)); // a rate, not a wait
  }
  await Promise.all(sends);
  return seq;
}
