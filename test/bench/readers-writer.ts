// Raises the alerts of the readers' bench in a process of its own, so that their encoding and sending are not the gateway's.
// Holds: an even rate, bounded in time and count; each alert says when it was raised, which is what is measured from. One
// message in, `WriterTask`; one out when every record is acknowledged, `WriterAnswer`.

import { alertTopic, assessTopic, createCodec, loadSchemaLock, type OutgoingRecord } from '@sitebus/sdk';
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

/** What was raised. */
export interface WriterAnswer {
  readonly sent: number;
}

const TICK_MS = 50;

process.once('message', (task: WriterTask) => void raise(task).then((sent) => process.send?.({ sent })));
process.on('disconnect', () => process.exit(0)); // the bench is gone

async function raise({ bootstrap, admin, lockFile, rate, seconds }: WriterTask): Promise<number> {
  const codec = createCodec({ lock: await loadSchemaLock(lockFile) });
  const sasl = { username: admin.user, password: admin.password };
  const bus = createKafkaBus({ brokers: [bootstrap], sasl, clientId: 'bench' });
  const producer = await bus.createProducer();
  const startedMs = performance.now();
  const lastSeq = rate * seconds;
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
  await bus.close();
  return seq;
}
