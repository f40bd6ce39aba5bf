// Publishing over HTTP: what is answered for one, for many, for a file; and what an answer never tells.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../../../test/support/eventually.ts';
import type { AgencyIntake, ObservationJson, OnBehalfOf } from '@sitebus/kit';
import { notDurable } from '@sitebus/sdk';
import type { ItemAnswer } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

/** An agency's service that keeps what it was given and answers like one. */
function anIntake(agency: string) {
  const taken: ObservationJson[] = [];
  const behalf: OnBehalfOf[] = [];
  const ids = new Set<string>();
  let isDown = false;
  const answer = (item: ObservationJson, at: number): ItemAnswer => {
    const { id = uuidOf(JSON.stringify(item)), marking } = (item['envelope'] ?? {}) as {
      id?: string;
      marking?: unknown;
    };
    if (marking === undefined)
      return {
        line: at + 1,
        status: 'refused',
        code: 'MARKING_REQUIRED',
        pointer: '/envelope/marking',
        reason: 'no marking',
        fix: 'add one',
      };
    const known = ids.has(id);
    ids.add(id);
    return { line: at + 1, status: 'accepted', id, cell: 'open', ...(known ? { known } : {}) };
  };
  let gate: Promise<void> = Promise.resolve();
  let waiting = 0;
  const held = () => ((waiting += 1), gate);
  const hold = () => {
    let release: () => void = () => undefined;
    gate = new Promise((resolve) => (release = resolve));
    waiting = 0;
    return { release, waiting: () => waiting };
  };
  const intake: AgencyIntake = {
    agency,
    async submit(items, onBehalfOf) {
      if (isDown) throw notDurable({ topic: 'obs.open.rcmp' });
      taken.push(...items);
      behalf.push(onBehalfOf);
      return items.map(answer);
    },
    async *importFile(format, source, content, onBehalfOf) {
      behalf.push(onBehalfOf);
      if (source === 'slow') await held();
      const items = content.toString().split('\n').filter(Boolean);
      for (const [at] of items.entries())
        yield { line: at + 1, status: 'accepted', id: uuidOf(`${format} ${source} ${at}`), cell: 'open', known: true };
      yield { summary: { items: items.length, accepted: items.length, refused: 0, skipped: 0 } };
    },
  };
  return { intake, taken, behalf, hold, goDown: (down: boolean) => void (isDown = down) };
}

let world: World;
let gateway: GatewayService;
const rcmp = anIntake('rcmp');
let headers: { authorization: string };

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'rcmp' ? rcmp.intake : undefined) });
  gateway = await world.gateway('pb-can');
  headers = await world.as('bastien-okoro');
});
beforeEach(() => rcmp.goDown(false));
afterAll(async () => world[Symbol.asyncDispose]());

/** The person, their agency, and the cells of the view that they publish in. */
const onBehalf = { person: 'bastien-okoro', agency: 'rcmp', cells: ['open', 'partner', 'pb-can'] };
/** Nested further than any serialiser's stack reaches. */
const TOO_DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const deepText = JSON.stringify({ type: 'IndicatorReport', envelope: {}, deep: 0 }).replace(/0(?=}$)/, TOO_DEEP);

const observation = (over: object = {}) => ({
  type: 'IndicatorReport',
  envelope: { observedAt: '2031-10-02T14:00:00.000Z', marking: 'UNCLASSIFIED//TLP:CLEAR', ...over },
  domains: ['mirror-check[.]example'],
});
const post = (payload: object | string | Buffer, url = '/v1/observations', more = {}) =>
  gateway.app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload });

describe('every way to publish', () => {
  test('names the cells of the view to the agency’s service, which judges them all', async () => {
    await post(`${JSON.stringify(observation())}\n`, '/v1/observations/bulk', {
      'content-type': 'application/x-ndjson',
    });
    await post('one', '/v1/imports/misp?source=feed', { 'content-type': 'application/octet-stream' });
    expect(rcmp.behalf.slice(-2)).toEqual([onBehalf, onBehalf]);
  });

  test('refuses JSON that is nested too deep, and a line of it costs no neighbour', async () => {
    for (const url of ['/v1/observations', '/v1/observations/preview']) {
      const answer = await post(deepText, url, { 'content-type': 'application/json', 'idempotency-key': url });
      expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [{ pointer: '', code: 'TOO_DEEP' }] }]);
    }
    const lines = [JSON.stringify(observation()), deepText, JSON.stringify(observation())].join('\n');
    const { body } = await post(lines, '/v1/observations/bulk', { 'content-type': 'application/x-ndjson' });
    const answers = body.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    expect(answers.map(({ status, code }) => code ?? status)).toEqual(['accepted', 'TOO_DEEP', 'accepted', undefined]);
    expect(answers.at(-1)).toEqual({ summary: { items: 3, accepted: 2, refused: 1, skipped: 0 } });
  });
});

describe('one observation', () => {
  test('is answered 202 with its place, its normalised values and the readers the caller may know of', async () => {
    const answer = await post(observation({ id: uuidOf('first') }));
    expect([answer.statusCode, answer.headers['location']]).toEqual([202, `/v1/observations/${uuidOf('first')}`]);
    expect(answer.json()).toEqual({
      id: uuidOf('first'),
      cell: 'open',
      normalised: [{ kind: 'domain', value: 'mirror-check.example' }],
      readers: ['public', 'partner', 'pb-can'], // not s-can, which exists but is above the operator
    });
    expect(rcmp.behalf.at(-1)).toEqual(onBehalf);
  });

  test('whose id is repeated, or another agency’s, is answered like a fresh one', async () => {
    const shape = async (id: string) => {
      const { statusCode, headers: sent, body } = await post(observation({ id }));
      const { date: _date, 'ratelimit-reset': _reset, ...rest } = sent;
      return JSON.stringify({ statusCode, rest: { ...rest, 'ratelimit-remaining': '' }, body }).replaceAll(id, 'ID');
    };
    const fresh = await shape(uuidOf('fresh'));
    expect(await shape(uuidOf('fresh'))).toBe(fresh);
    await world.observe('IndicatorReport', 'open', {
      ...(await import('../testing/records.ts')).anIndicatorReport({ id: uuidOf('of cse') }),
    });
    expect(await shape(uuidOf('of cse'))).toBe(fresh);
  });

  const refused: [string, object, number, string, string][] = [
    ['without marking', observation({ marking: undefined }), 422, 'invalid-marking', '/envelope/marking'],
    [
      'with a marking that is misspelt',
      observation({ marking: 'SECRETT' }),
      422,
      'invalid-marking',
      '/envelope/marking',
    ],
    [
      'with a marking above the view',
      observation({ marking: 'SECRET//CANADIAN EYES ONLY' }),
      422,
      'marking-not-allowed',
      '/envelope/marking',
    ],
    ['without envelope', { type: 'IndicatorReport' }, 422, 'invalid-body', '/envelope'],
    ['without type', { envelope: { marking: 'UNCLASSIFIED' } }, 422, 'invalid-body', '/type'],
  ];
  test.each(refused)(
    '%s is refused with its place, and nothing reaches the agency',
    async (_what, body, status, slug, pointer) => {
      const before = rcmp.taken.length;
      const answer = await post(body);
      expect([answer.statusCode, answer.json()]).toEqual([
        status,
        expect.objectContaining({
          type: `urn:sitebus:problem:${slug}`,
          errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
        }),
      ]);
      expect(rcmp.taken).toHaveLength(before);
    },
  );

  test('that could not be stored is 503 and says that nothing was kept', async () => {
    rcmp.goDown(true);
    const answer = await post(observation());
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
      503,
      '2',
      expect.objectContaining({ type: 'urn:sitebus:problem:not-durable' }),
    ]);
    expect(answer.body).not.toContain('obs.open.rcmp');
  });

  test('under an Idempotency-Key is published once; the same key with another body is refused', async () => {
    const key = { 'idempotency-key': 'k1' };
    const body = observation({ id: uuidOf('idempotent') });
    const first = await post(body, '/v1/observations', key);
    const before = rcmp.taken.length;
    const again = await post(body, '/v1/observations', key);
    expect([again.statusCode, again.headers['idempotency-replayed'], again.body]).toEqual([202, 'true', first.body]);
    expect(rcmp.taken).toHaveLength(before);
    expect((await post(observation(), '/v1/observations', key)).json()).toMatchObject({
      type: 'urn:sitebus:problem:idempotency-mismatch',
    });
  });

  test('previewed as pasted text is a draft of what was recognised, without a marking', async () => {
    const answer = await post({ text: 'see hxxp://mirror-check[.]example/x' }, '/v1/observations/preview');
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      { draft: { type: 'IndicatorReport', urls: ['http://mirror-check.example/x'] }, readers: [], complete: false, faults: [{ code: 'MARKING_REQUIRED' }] },
    ]);
    expect(answer.json<{ features: object[] }>().features).toContainEqual({ kind: 'domain', value: 'mirror-check.example' });
    expect((await post({ text: 'x', marking: 'y' }, '/v1/observations/preview')).statusCode).toBe(422);
  }); // prettier-ignore

  test('previewed is not stored, and an incomplete preview says so', async () => {
    const before = rcmp.taken.length;
    const answer = await post(observation(), '/v1/observations/preview');
    expect(answer.json()).toMatchObject({
      cell: 'open',
      features: [{ value: 'mirror-check.example' }],
      faults: [],
      complete: false,
    });
    expect(rcmp.taken).toHaveLength(before);
    expect((await post(observation({ marking: 'x' }), '/v1/observations/preview')).json()).toMatchObject({
      faults: [{ pointer: '/envelope/marking' }],
    });
  });
});

describe('many', () => {
  const NDJSON = { 'content-type': 'application/x-ndjson' };
  const bulk = async (text: string | Buffer, more = {}) => {
    const answer = await post(text, '/v1/observations/bulk', { ...NDJSON, ...more });
    return {
      answer,
      lines:
        answer.statusCode === 200
          ? answer.body
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as Record<string, unknown>)
          : [],
    };
  };
  const line = (over: object = {}): string => JSON.stringify(observation(over));

  test('are answered line by line in order; a bad line costs only itself; the summary adds up', async () => {
    const { answer, lines } = await bulk(
      [line({ id: uuidOf('l1') }), '{', '', line({ marking: undefined }), '7', line({ id: uuidOf('l6') })].join('\r\n'),
    );
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    expect(lines).toEqual([
      { line: 1, status: 'accepted', id: uuidOf('l1'), cell: 'open' },
      expect.objectContaining({ line: 2, status: 'refused', code: 'NOT_JSON' }),
      expect.objectContaining({ line: 4, status: 'refused', code: 'MARKING_REQUIRED', pointer: '/envelope/marking' }),
      expect.objectContaining({ line: 5, status: 'refused', code: 'NOT_JSON' }),
      { line: 6, status: 'accepted', id: uuidOf('l6'), cell: 'open' },
      { summary: { items: 5, accepted: 2, refused: 3, skipped: 0 } },
    ]);
  });

  test('sent again are answered byte for byte as before', async () => {
    const text = [line({ id: uuidOf('again 1') }), line({ id: uuidOf('again 2') })].join('\n');
    expect((await bulk(text)).answer.body).toBe((await bulk(text)).answer.body);
  });

  test('may be compressed, and a bomb is stopped at the bound', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect((await bulk(gzipSync(line()), gzip)).lines.at(-1)).toEqual({
      summary: { items: 1, accepted: 1, refused: 0, skipped: 0 },
    });
    const bomb = await bulk(gzipSync(Buffer.alloc(40 * 1024 * 1024, '\n')), gzip);
    expect(bomb.lines).toEqual([
      expect.objectContaining({ status: 'skipped', code: 'TOO_LARGE' }),
      { summary: { items: 1, accepted: 0, refused: 0, skipped: 1 } },
    ]);
    expect((await bulk('not gzip', gzip)).lines[0]).toMatchObject({ status: 'skipped', code: 'UNREADABLE' });
  });

  test('are at most ten thousand; those before the bound stand', async () => {
    const { lines } = await bulk('{"envelope":{"marking":"UNCLASSIFIED"}}\n'.repeat(10_001));
    expect(lines.at(-2)).toMatchObject({ line: 10_001, status: 'skipped', code: 'TOO_LARGE' });
    expect(lines.at(-1)).toEqual({ summary: { items: 10_001, accepted: 10_000, refused: 0, skipped: 1 } });
  });

  test('of which the agency can store none are refused one by one, to be sent again', async () => {
    rcmp.goDown(true);
    expect((await bulk(line())).lines).toEqual([
      expect.objectContaining({ line: 1, status: 'refused', code: 'NOT_DURABLE' }),
      { summary: { items: 1, accepted: 0, refused: 1, skipped: 0 } },
    ]);
  });

  test('in another media type are refused before anything is read', async () => {
    const { answer } = await bulk('x', { 'content-type': 'text/plain' });
    expect([answer.statusCode, answer.json()]).toEqual([
      415,
      expect.objectContaining({ type: 'urn:sitebus:problem:media-type' }),
    ]);
  });
});

describe('a file', () => {
  test('is answered item by item; whether an item was known is not told', async () => {
    const answer = await post('a\nb\n', '/v1/imports/misp?source=feed', { 'content-type': 'application/octet-stream' });
    expect(
      answer.body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      { line: 1, status: 'accepted', id: uuidOf('misp feed 0'), cell: 'open' },
      { line: 2, status: 'accepted', id: uuidOf('misp feed 1'), cell: 'open' },
      { summary: { items: 2, accepted: 2, refused: 0, skipped: 0 } },
    ]);
  });

  test.each(['misp', 'stix', 'influence', 'posts', 'accounts', 'domains', 'coshare'])(
    'of the format %s, which an agency reads, reaches the agency’s service',
    async (format) => {
      const answer = await post('a\n', `/v1/imports/${format}?source=feed`, { 'content-type': 'application/json' });
      expect([answer.statusCode, answer.body.split('\n')[0]]).toEqual([
        200,
        JSON.stringify({ line: 1, status: 'accepted', id: uuidOf(`${format} feed 0`), cell: 'open' }),
      ]);
    },
  );

  test('beyond the second at once waits; and a place is free once one has ended', async () => {
    const send = (who: object) =>
      gateway.app.inject({ method: 'POST', url: '/v1/imports/misp?source=slow', headers: { 'content-type': 'text/plain', ...who }, payload: 'a' }); // prettier-ignore
    const hold = rcmp.hold();
    const running = [send(headers), send(headers)];
    await eventually(() => hold.waiting() === 2);
    const third = await send(headers);
    expect([third.statusCode, third.headers['retry-after']]).toEqual([429, '5']);
    hold.release();
    expect((await Promise.all(running)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await send(headers)).statusCode).toBe(200);
  });

  test('of an unknown format is not found; without source it is refused by name', async () => {
    expect((await post('a', '/v1/imports/docx?source=feed', { 'content-type': 'text/plain' })).statusCode).toBe(404);
    expect((await post('a', '/v1/imports/misp', { 'content-type': 'text/plain' })).json()).toMatchObject({
      type: 'urn:sitebus:problem:bad-request',
      detail: expect.stringContaining('source'),
    });
  });
});
