// Does one act at a door: fills in what its strings name, asks, and says what was not answered as it should be.
// Holds: the door is all it knows of a deployment: gateways in memory and over HTTP are asked alike; nothing is retried.

import { isDeepStrictEqual } from 'node:util';
import type { Act } from './act.ts';

/** A request as a person makes it. */
export interface Asked {
  readonly by?: string;
  readonly view: string;
  readonly method: 'GET' | 'POST';
  /** With its query, but for `view`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
  readonly etag?: string;
}

/** The way in. */
export interface Door {
  ask(asked: Asked): Promise<Answered>;
  /** The person's signature on a text. */
  sign(person: string, text: string): string;
  /** What a token such as `D-4T12:00Z` stands for in what is asked, RFC 3339. */
  instant(token: string): string;
}

/** What acts have kept, by name: ids. */
export type Kept = Map<string, string>;

/** How an act went. */
export interface Done {
  readonly act: Act;
  readonly answer?: Answered;
  /** What was not as the act says; absent where all was. */
  readonly fault?: string;
}

/** Does it. Never rejects: what goes wrong is its fault. */
export async function perform(act: Act, kept: Kept, door: Door): Promise<Done> {
  try {
    const answer = await ask(act, kept, door);
    const says = await Promise.all(
      (act.says ?? []).map(async (text) => String(await filled(text, { act, kept, door }))),
    );
    const fault = faultOf(act, answer) ?? unsaidIn(answer, says);
    if (fault !== undefined) return { act, answer, fault };
    const id = property(answer.body, 'id');
    if (act.keeps !== undefined) kept.set(act.keeps, String(id));
    return { act, answer };
  } catch (cause) {
    return { act, fault: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function ask(act: Act, kept: Kept, door: Door): Promise<Answered> {
  const { view, by } = act;
  const who = by === undefined ? {} : { by };
  const read = await readBefore(act, kept, door);
  const fill = (value: unknown): Promise<unknown> => filled(value, { act, kept, door, ...(read && { read: read.body }) });
  const path = String(await fill(act.get ?? act.post ?? ''));
  if (act.get !== undefined) return door.ask({ ...who, view, method: 'GET', path });
  const toSign = property(read?.body, 'toSign');
  const signed = act.signs === true ? { signature: door.sign(by ?? '', String(toSign)) } : {};
  const body = { ...((await fill(act.body ?? {})) as object), ...signed };
  const headers = {
    'idempotency-key': `${act.id}-${by ?? 'anyone'}`,
    ...(read?.etag === undefined ? {} : { 'if-match': read.etag }),
  };
  return door.ask({ ...who, view, method: 'POST', path, body, headers });
} // prettier-ignore

async function readBefore(act: Act, kept: Kept, door: Door): Promise<Answered | undefined> {
  if (act.reads === undefined) return undefined;
  const path = String(await filled(act.reads, { act, kept, door }));
  const read = await door.ask({ ...(act.by === undefined ? {} : { by: act.by }), view: act.view, method: 'GET', path });
  if (read.status !== 200) throw new Error(`${path} is answered with ${read.status} ${read.text.slice(0, 200)}`);
  return read;
}

interface Filling {
  readonly act: Act;
  readonly kept: Kept;
  readonly door: Door;
  readonly read?: unknown;
}

/** The value with every token of its strings replaced. */
async function filled(value: unknown, filling: Filling): Promise<unknown> {
  if (typeof value === 'string') {
    let text = value;
    for (let found = INNERMOST.exec(text); found !== null; found = INNERMOST.exec(text)) {
      const meant = await meantBy(found[1] ?? '', filling);
      text = `${text.slice(0, found.index)}${meant}${text.slice(found.index + found[0].length)}`;
    }
    return text;
  }
  if (Array.isArray(value)) return Promise.all(value.map((each) => filled(each, filling)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, each]) => [key, await filled(each, filling)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** A token may stand in another one: the inner one first. */
const INNERMOST = /\{\{([^{}]+)\}\}/;

async function meantBy(token: string, filling: Filling): Promise<string> {
  const { kept, door, read } = filling;
  if (/^D[+-]?\d/.test(token)) return door.instant(token);
  const [what = '', ...words] = token.split(' ');
  const text = words.join(' ');
  if (what === 'observation') return observationSaying(text, filling);
  if (what === 'assessment') return assessmentOf(await observationSaying(text, filling), filling);
  if (what === 'notification') return notificationOf(kept.get(words[0] ?? ''), Number(words[1] ?? 0), filling);
  if (what === 'listed') return listed(words[0] ?? '', words.slice(1).join(' '), filling);
  if (token.startsWith('read.')) return String(property(read, token.slice('read.'.length)));
  const id = kept.get(token);
  if (id === undefined) throw new Error(`nothing is kept as ${token}`);
  return id;
}

async function observationSaying(text: string, filling: Filling): Promise<string> {
  const [first] = await itemsAt(`/v1/observations?q=${encodeURIComponent(text)}&limit=5`, filling);
  if (first === undefined) throw new Error(`${filling.act.by ?? 'nobody'} sees no observation that says ${text}`);
  return String(property(property(first, 'envelope'), 'id') ?? property(first, 'id'));
}

async function assessmentOf(observation: string, filling: Filling): Promise<string> {
  const found = await itemsAt(`/v1/observations/${observation}/assessments`, filling);
  const live = found.find((each) => property(each, 'status') === 'LIVE');
  if (live === undefined) throw new Error(`observation ${observation} is in no live assessment`);
  return String(property(live, 'id'));
}

/** Of a product's version that went to the person; version 0: whichever is newest. */
async function notificationOf(product: string | undefined, version: number, filling: Filling): Promise<string> {
  const found = await itemsAt('/v1/notifications?limit=100', filling);
  const own = found.find((each) => {
    const of = property(each, 'product');
    const isThat = product === undefined || property(of, 'id') === product;
    return property(each, 'kind') === 'notification' && isThat && (version === 0 || property(of, 'version') === version);
  });
  if (own === undefined) throw new Error(`${filling.act.by ?? 'nobody'} was sent nothing of it`);
  return String(property(own, 'id'));
} // prettier-ignore

/** The first of a list that says this, anywhere. */
async function listed(path: string, text: string, filling: Filling): Promise<string> {
  const found = (await itemsAt(path, filling)).find((each) => JSON.stringify(each).includes(text));
  if (found === undefined) throw new Error(`nothing at ${path} says ${text}`);
  return String(property(found, 'id'));
}

async function itemsAt(path: string, { act, door }: Filling): Promise<readonly unknown[]> {
  const answer = await door.ask({ ...(act.by === undefined ? {} : { by: act.by }), view: act.view, method: 'GET', path });
  const items: unknown = property(answer.body, 'items');
  if (answer.status !== 200 || !Array.isArray(items)) throw new Error(`${path} is answered with ${answer.status}`);
  return items as readonly unknown[];
} // prettier-ignore

function faultOf({ answers, shows = {} }: Act, { status, body, text }: Answered): string | undefined {
  const isAnswered = answers === undefined ? status >= 200 && status < 300 : status === answers;
  if (!isAnswered) return `is answered with ${status} ${text.slice(0, 400)}`;
  for (const [name, wanted] of Object.entries(shows)) {
    const found = property(body, name);
    const value = name === 'type' ? String(found).replace('urn:sitebus:problem:', '') : found;
    if (!isDeepStrictEqual(value, wanted)) return `shows ${name} ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`; // prettier-ignore
  }
  return undefined;
}

function unsaidIn({ text }: Answered, says: readonly string[]): string | undefined {
  const unsaid = says.find((each) => !text.includes(each));
  return unsaid === undefined ? undefined : `does not say ${unsaid}`;
}

function property(of: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined; // prettier-ignore
  }, of);
}
