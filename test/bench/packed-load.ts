// Records that are to be sent, as bytes on end.
// Holds: what comes out equals what was put in. A quarter of a million objects would be marked again and again by a collector
// that shares the machine with what is measured.

import type { OutgoingRecord } from '@sitebus/sdk';

/** Records by their place. */
export interface PackedLoad {
  /** Makes the record anew; its value is a view. */
  at(index: number): OutgoingRecord;
}

const FIRST_BYTES = 64 * 1024 * 1024;

/** Packs records; they may be dropped as they are taken. Throws TypeError for one without a value or a text as its key. */
export function packLoad(records: Iterable<OutgoingRecord>): PackedLoad {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let end = 0;
  const topics: string[] = [];
  /** Three numbers a record: topic, where its value begins, where it ends; its key lies before, up to where the last ended. */
  const places: number[] = [];
  for (const { topic, key, value } of records) {
    if (value === null || typeof key !== 'string') throw new TypeError('a load has keys and values');
    const keyBytes = Buffer.byteLength(key);
    if (end + keyBytes + value.length > bytes.length)
      bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length)]);
    if (!topics.includes(topic)) topics.push(topic);
    bytes.write(key, end);
    bytes.set(value, end + keyBytes);
    places.push(topics.indexOf(topic), end + keyBytes, end + keyBytes + value.length);
    end += keyBytes + value.length;
  }
  const packed = Int32Array.from(places);
  return {
    at(index) {
      const first = index * 3;
      const keyFrom = index === 0 ? 0 : packed[first - 1];
      const valueFrom = packed[first + 1];
      return {
        topic: topics[packed[first]!]!,
        key: bytes.toString('utf8', keyFrom, valueFrom),
        value: bytes.subarray(valueFrom, packed[first + 2]),
      };
    },
  };
}
