// Records as an agency's own principal could put them on a topic, past every door: whole and encoded, or spoiled on purpose.

import { join } from 'node:path';
import { parse } from '@sitebus/marking';
import {
  type BusPort, type Codec, createCodec, loadSchemaLock, observationHeaders, observationSubject, recordKey, silentLog, toWire,
} from '@sitebus/sdk'; // prettier-ignore
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadCredentials, LOCK_FILE } from '../../deploy/provision/index.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import type { World } from '../support/world.ts';

const SUBJECT = observationSubject('IndicatorReport');

/** One record for the topic it is told. */
export interface AgencyRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a test says of a record. */
export interface RecordWords {
  readonly agency: string;
  readonly marking: string;
  /** Of its one paragraph; default as the record's. */
  readonly portion?: string;
  readonly domain: string;
}

/** Ports of a world's broker by principal, and records for them. */
export interface AgencyDesk {
  readonly codec: Codec;
  /** As this principal of policy, or as the administrator. */
  as(principal: string): BusPort;
  /** The n-th record, an IndicatorReport, with the headers the SDK would give it. */
  record(n: number, words: RecordWords): AgencyRecord;
  /** Sends as the principal; rejects with the refusal's code. @returns `<topic>/<partition>/<offset>` */
  send(principal: string, topic: string, record: AgencyRecord): Promise<string>;
  close(): Promise<void>;
}

/** The world's administrator, as `AgencyDesk.as` knows it. */
export const ADMINISTRATOR = 'administrator of the broker';

/** Opens it on the world's own credentials. */
export async function openDesk(world: World): Promise<AgencyDesk> {
  const codec = createCodec({ lock: await loadSchemaLock(join(world.dataDir, LOCK_FILE)) });
  const { credentials } = await loadCredentials(world.dataDir);
  const opened = new Map<string, BusPort>();
  const as = (principal: string): BusPort => {
    const sasl =
      principal === ADMINISTRATOR
        ? { username: world.admin.user, password: world.admin.password }
        : credentials[principal];
    if (sasl === undefined) throw new Error(`policy gives no principal ${principal}`);
    const port =
      opened.get(principal) ??
      createKafkaBus({ brokers: [world.bootstrap], sasl, clientId: principal, log: silentLog });
    opened.set(principal, port);
    return port;
  };
  return {
    codec,
    as,
    record(n, { agency, marking, portion = marking, domain }) {
      const wire = (text: string) => ({ ...toWire(parse(text, { homeNation: 'CAN' })), owners: ['CAN'], origins: [agency] }); // prettier-ignore
      const { type: _type, origin: _origin, envelope: _envelope, report, ...fields } = anIndicatorReport({ marking, domains: [domain] }); // prettier-ignore
      const at = Date.now() - 60_000;
      const envelope = {
        id: idOf(n), agency, observedAt: at, recordedAt: at, marking: wire(marking), sourceGrade: 'B', infoGrade: 2,
        lineage: { derivedFrom: [], sourceToken: null }, supersedes: null, recalls: null,
      } as const; // prettier-ignore
      const portions = [{ text: 'A paragraph', lang: 'en', marking: wire(portion) }];
      const value = codec.encode(SUBJECT, { envelope, report: { ...(report as object), portions }, ...fields });
      return { key: recordKey(idOf(n), value), value, headers: observationHeaders(SUBJECT, envelope) };
    },
    async send(principal, topic, record) {
      const producer = await as(principal).createProducer();
      const sent = producer.send({ topic, ...record });
      try {
        const { partition, offset } = await sent;
        return `${topic}/${partition}/${offset}`;
      } finally {
        await producer.close().catch(() => undefined); // a refused record is told by `sent`
      }
    },
    async close() {
      await Promise.allSettled([...opened.values()].map((port) => port.close()));
    },
  };
}
