// Everything a partner can get from the gateway, as bytes: status, headers and body of every route, and the alert stream.
// Holds: only what is random by design, or belongs to the process and not to the records, is blanked.

import { expect } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import type { World } from '../support/world.ts';

/** Who looks from below. */
export const LOW_READER = 'piotr-adeyemi';

/** What is asked about. */
export interface Questions {
  /** Observation ids, hidden and absent ones among them. */
  readonly ids: readonly string[];
  readonly domains: readonly string[];
}

/** @returns the live assessments that somebody sees. */
export async function assessmentsOf(world: World, as: string): Promise<readonly Record<string, unknown>[]> {
  return (await world.get(as, '/v1/assessments?status=LIVE'))['items'] as readonly Record<string, unknown>[];
}

/** One text an answer. */
export async function lowTranscript(world: World, { ids, domains }: Questions): Promise<readonly string[]> {
  const own = (await assessmentsOf(world, LOW_READER)).map(({ id }) => String(id));
  const lookup = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features: domains.map((value) => ({ kind: 'domain', value })) }),
  };
  const requests: readonly (readonly [string, RequestInit?])[] = [
    ['/v1/observations'],
    ...ids.flatMap((id) => [[`/v1/observations/${id}`], [`/v1/observations/${id}/assessments`]] as const),
    ['/v1/assessments'],
    ...own.flatMap(
      (id) => [[`/v1/assessments/${id}`], [`/v1/assessments/${id}/explain`], [`/v1/redirects/${id}`]] as const,
    ),
    ['/v1/alerts'],
    ['/v1/features/lookup', lookup],
    ['/v1/sources'],
    ['/v1/me'],
    ['/v1/policy'],
    ['/v1/schemas'],
    ['/v1/assessments?view=s-fvey'],
    ['/v1/assessments?view=no-such-view'],
  ];
  const answers: string[] = [];
  const blank = createBlanks(world);
  for (const [path, init] of requests) answers.push(blank(await answerTo(world, path, init)));
  for (const list of ['/v1/observations', '/v1/assessments', '/v1/alerts'])
    for (const page of await pagesOf(world, list)) answers.push(blank(page));
  answers.push(blank(await streamed(world)));
  return answers;
}

async function answerTo(world: World, path: string, init?: RequestInit): Promise<string> {
  // Load is told to everyone alike, and is no answer: such a request is asked again.
  const response = await eventually(
    async () => {
      const answer = await world.ask(LOW_READER, path, init);
      return answer.status !== 503 && answer;
    },
    { what: `an answer to ${path}` },
  );
  const headers = [...response.headers].filter(([name]) => name !== 'date').map(([name, value]) => `${name}: ${value}`);
  return `${path} ${response.status}\n${headers.join('\n')}\n\n${await response.text()}`;
}

/** A list one item a page, to its end. */
async function pagesOf(world: World, list: string): Promise<readonly string[]> {
  const pages: string[] = [];
  for (let path: string | undefined = `${list}?limit=1`; path !== undefined;) {
    const page = await answerTo(world, path);
    pages.push(page);
    const { next } = JSON.parse(page.slice(page.indexOf('\n\n'))) as { next?: string };
    path = next === undefined ? undefined : `${list}?limit=1&cursor=${next}`;
  }
  return pages;
}

/** The alert stream from its beginning, up to as many alerts as the list has. */
async function streamed(world: World): Promise<string> {
  const { items } = (await world.get(LOW_READER, '/v1/alerts?limit=200')) as { items: readonly unknown[] };
  const stop = new AbortController();
  const response = await world.ask(LOW_READER, '/v1/alerts/stream?from=2000-01-01T00:00:00Z', { signal: stop.signal });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split('event: alert').length > items.length && text.endsWith('\n\n')) break;
  }
  stop.abort();
  expect(items.length).toBeGreaterThan(0);
  return text;
}

/**
 * A checkpoint covers what was signed at the time of the answer, which is the clock's doing, not the other world's.
 * Cursors and trace ids are random, so their length is compared; ports and the broker's own clock belong to the world;
 * leaves are counted from the first, for waiting above asked more or less often, and every answer is on the ledger; each world
 * signs its policy with keys of its own.
 */
function createBlanks(world: World): (text: string) => string {
  let firstLeaf: number | undefined;
  return (text) => {
    const leaf = /leaves=(\d+)/.exec(text)?.[1];
    firstLeaf ??= leaf === undefined ? undefined : Number(leaf);
    const from = firstLeaf ?? 0;
    return text
      .replace(/leaves=(\d+)-(\d+)/, (_all, a: string, b: string) => `leaves=${Number(a) - from}-${Number(b) - from}`)
      .replace(/checkpoint=\d+/, 'checkpoint=…')
      .replace(/"checkpoint":\d+/g, '"checkpoint":"…"')
      .replaceAll(world.gateway, 'http://gateway')
      .replace(/^id: ([A-Za-z0-9_-]+)$/gm, (_all, cursor: string) => `id: <${cursor.length} characters>`)
      .replace(/"path":\[([^\]]*)\]/g, (_all, hashes: string) => `"path":<${hashes.length} characters>`) // salted
      .replace(/"leafIndex":(\d+)/g, (_all, index: string) => `"leafIndex":${Number(index) - from}`)
      .replace(
        /("next":"|[?&]cursor=)([A-Za-z0-9_-]{20,})/g,
        (_all, before: string, cursor: string) => `${before}<${cursor.length} characters>`,
      )
      .replace(/"(lastEvent|usualIntervalMs|silentSince)":(?:"[^"]*"|\d+)/g, '"$1":"…"')
      .replace(/(\/v1\/sources 200[\s\S]*?content-length): \d+/, '$1: …') // it follows the broker's clock, too
      .replace(/(\/v1\/policy 200[\s\S]*?etag): "[^"]*"/, '$1: …')
      .replace(/"note":"(sitebus\/policy[^"—]*)[^"]*"/g, '"note":"$1…"')
      .replace(/"traceId":"[^"]*"/g, '"traceId":"…"')
      .replace(/(ratelimit-(?:remaining|reset)): \d+/g, '$1: …');
  };
}
