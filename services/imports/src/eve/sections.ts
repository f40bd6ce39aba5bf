// What the protocol sections of an EVE event hold: names asked for, addresses fetched, certificates shown, files carried.
// Holds: pure; a value that is none of its kind is left out; nothing is taken from payloads, headers or e-mail.
// Source: Suricata EVE JSON (dns, http, tls, fileinfo, files, flow); README.md#eve

import { at, listAt, objectAt, textAt, type JsonObject } from '../untrusted.ts';
import { toFieldValue, type FieldValue } from '../values.ts';

/** The values of one event, in no order. */
export function valuesOf(event: JsonObject): readonly FieldValue[] {
  return [...dnsValues(event), ...httpValues(event), ...tlsValues(event), ...fileValues(event)];
}

/** Octets of the flow so far, both ways; undefined where the event does not count them. */
export function octetsOf(event: JsonObject): number | undefined {
  const flow = objectAt(event, 'flow');
  const [out, back] = [at(flow, 'bytes_toserver'), at(flow, 'bytes_toclient')];
  const octets = [out, back].filter((count): count is number => Number.isSafeInteger(count) && Number(count) >= 0);
  return octets.length === 0 ? undefined : Math.min(Number.MAX_SAFE_INTEGER, octets[0]! + (octets[1] ?? 0));
}

/** The question is `rrname` of an event of its own, or stands in a list where the event is an alert. */
function dnsValues(event: JsonObject): FieldValue[] {
  const dns = objectAt(event, 'dns');
  const asked = [dns, ...listAt(dns, 'queries'), ...listAt(dns, 'query')].map((each) => textAt(each, 'rrname'));
  return asked.flatMap((name) => valueOf('domains', name));
}

function httpValues(event: JsonObject): FieldValue[] {
  const http = objectAt(event, 'http');
  const [host, url] = [textAt(http, 'hostname'), textAt(http, 'url')];
  if (url === undefined || /^[a-z]+:\/\//i.test(url)) return valueOf('urls', url); // a proxy is asked for the whole address
  if (host === undefined || !url.startsWith('/')) return [];
  const port = at(http, 'http_port');
  return valueOf('urls', `http://${host}${Number.isSafeInteger(port) ? `:${String(port)}` : ''}${url}`);
}

function tlsValues(event: JsonObject): FieldValue[] {
  const tls = objectAt(event, 'tls');
  return [...valueOf('domains', textAt(tls, 'sni')), ...valueOf('certificates', textAt(tls, 'fingerprint'))];
}

function fileValues(event: JsonObject): FieldValue[] {
  return [objectAt(event, 'fileinfo'), ...listAt(event, 'files')].flatMap((file) =>
    ['sha256', 'sha1', 'md5'].flatMap((algorithm) => valueOf('hashes', textAt(file, algorithm))),
  );
}

function valueOf(field: FieldValue['field'], text: string | undefined): FieldValue[] {
  const found = text === undefined ? undefined : toFieldValue(field, text);
  return found === undefined ? [] : [found];
}
