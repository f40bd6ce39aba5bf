import { expect, test } from '@jest/globals';
import { CloudEvent, Kafka } from 'cloudevents';
import { CLOUD_EVENT_HEADERS, observationHeaders, toCloudEventHeaders, viewSource } from './cloud-events.ts';
import { idInKey, recordKey } from './record-key.ts';

const SUBJECT = 'ca.sitebus.observation.IndicatorReport';
const envelope = { id: 'e0000000-0000-4000-8000-000000000001', agency: 'cse', observedAt: 1_950_000_000_123 };

test('another implementation reads our headers as the event we meant', () => {
  const value = Buffer.from([0, 0, 0, 0, 1]);
  const read = Kafka.toEvent({
    headers: observationHeaders(SUBJECT, envelope),
    key: 'k',
    value,
    body: value,
    timestamp: '0',
  } as never);
  expect(read).toBeInstanceOf(CloudEvent);
  expect(read).toMatchObject({
    id: envelope.id,
    source: 'urn:sitebus:agency:cse',
    type: SUBJECT,
    time: '2031-10-17T10:40:00.123Z',
    specversion: '1.0',
    datacontenttype: 'application/avro',
  });
});

test('our headers are those another implementation writes for the same event', () => {
  const event = new CloudEvent({
    id: envelope.id,
    source: 'urn:sitebus:agency:cse',
    type: SUBJECT,
    time: '2031-10-17T10:40:00.123Z',
    datacontenttype: 'application/avro',
    data: Buffer.alloc(1),
  });
  // It writes the content type a second time, as ce_datacontenttype; the binding asks for content-type alone.
  expect(Kafka.binary(event).headers).toMatchObject(observationHeaders(SUBJECT, envelope));
  expect(Object.keys(observationHeaders(SUBJECT, envelope))).toEqual([...CLOUD_EVENT_HEADERS]);
});

test('an instant no calendar has leaves the time out and stops nothing', () => {
  const headers = toCloudEventHeaders({
    id: 'a',
    source: viewSource('s-can'),
    type: SUBJECT,
    timeMs: Number.MAX_SAFE_INTEGER,
  });
  expect(headers).not.toHaveProperty('ce_time');
  expect(headers['ce_source']).toBe('urn:sitebus:view:s-can');
});

test('the key of a record names its id and changes with any byte', () => {
  const key = recordKey(envelope.id, Buffer.from('abc'));
  expect(key).toBe(`${envelope.id}:ba7816bf8f01cfea`);
  expect(recordKey(envelope.id, Buffer.from('abd'))).not.toBe(key);
  expect(idInKey(Buffer.from(key))).toBe(envelope.id);
  expect(idInKey('something else')).toBeUndefined();
});
