// Schemathesis, as PyPI has it, over the OpenAPI document of a whole sitebus: a short run; `npm run fuzz` is the long one.
// Holds: leaves behind whatever was drawn, so nothing is counted after it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { FUZZ_READERS, fillWorld, wishOf } from '../fuzz/fuzz-world.ts';
import { type FuzzOutcome, runSchemathesis } from '../fuzz/schemathesis-run.ts';
import { pythonClients } from '../support/python-clients.ts';
import type { World } from '../support/world.ts';

/** It ends once so much was asked of it; where a machine has not come far enough in the first time, the next is tried. */
const ENOUGH = { operations: 100, cases: 300 };
const SECONDS = [24, 60, 240];
const clients = await pythonClients(join(import.meta.dirname, '..', 'fuzz', 'requirements.txt'));
const withPython = 'python' in clients ? test : test.skip;

/** Its tests, on a running whole. */
export function fuzzRows(theWorld: () => World): void {
  withPython('a 500 and a status that is not in the document are noticed; a 503 that is in it is none', async () => {
    const responses = Object.fromEntries([200, 500, 503].map((status) => [status, { description: 'as it says' }]));
    const paths = Object.fromEntries(['/broken', '/closed', '/odd'].map((path) => [path, { get: { responses } }]));
    const statuses: Readonly<Record<string, number>> = { '/broken': 500, '/closed': 503, '/odd': 418 };
    const document = JSON.stringify({ openapi: '3.1.0', info: { title: 'three', version: '1' }, paths });
    const server = createServer(({ url = '', method }, response) => {
      const path = url.split('?')[0] ?? '';
      if (path === '/openapi.json') return void response.setHeader('content-type', 'application/json').end(document);
      response.statusCode = method === 'GET' ? (statuses[path] ?? 404) : 405;
      response.setHeader('allow', 'GET').end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { python } = clients as { python: string };
    const { failures } = await runSchemathesis({ python, gateway: `http://127.0.0.1:${port}`, token: undefined, seconds: 60, enough: { operations: 3, cases: 30 }, ids: ['x'] });
    server.close();
    expect(failures).toEqual([
      { title: 'Server error', operations: ['GET /broken'] },
      { title: 'Undocumented status code', operations: ['GET /odd'] },
    ]);
  }); // prettier-ignore

  withPython('lines of JSON are drawn and read: of a body some are observations, some are none; an answer that is none is noticed', async () => {
    const ndjson = { 'application/x-ndjson': { schema: { type: 'string' } } };
    const post = { requestBody: { content: ndjson }, responses: { 200: { description: 'a line each', content: ndjson } } };
    const document = JSON.stringify({ openapi: '3.1.0', info: { title: 'lines', version: '1' }, paths: { '/lines': { post }, '/torn': { post } } });
    const lines: string[] = [];
    const server = createServer((request, response) => {
      const { url = '', method } = request;
      if (url === '/openapi.json') return void response.setHeader('content-type', 'application/json').end(document);
      void readAll(request).then((text) => {
        lines.push(...text.split('\n'));
        response.statusCode = method === 'POST' ? 200 : 405;
        response.setHeader('allow', 'POST').setHeader('content-type', 'application/x-ndjson');
        response.end(url === '/torn' ? '{"line":1' : '{"line":1}\n{"summary":{}}');
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { python } = clients as { python: string };
    const { failures } = await runSchemathesis({ python, gateway: `http://127.0.0.1:${port}`, token: undefined, seconds: 60, enough: { operations: 2, cases: 150 }, ids: ['x'] });
    server.close();
    expect(failures.map(({ operations }) => operations)).toEqual([['POST /torn']]);
    expect(lines.some((line) => line.startsWith('{"type": "GoodPractice"'))).toBe(true);
    expect(lines.some((line) => line !== '' && !isJson(line))).toBe(true);
  }); // prettier-ignore

  withPython(
    'whatever is asked, by any role or nobody: no 500, no undocumented status, media type or method, no body outside its schema',
    async () => {
      const { python } = clients as { python: string };
      const world = theWorld();
      const ids = await fillWorld(world);
      const runs = FUZZ_READERS.filter((role) => role === 'analyst' || role === 'administrator' || role === undefined);
      const asked = async (role: (typeof runs)[number]): Promise<FuzzOutcome> => {
        for (const seconds of SECONDS) {
          const outcome = await runSchemathesis(wishOf(world, role, { python, seconds, enough: ENOUGH, ids }));
          if (outcome.failures.length > 0 || isEnough(outcome) || seconds === SECONDS.at(-1)) return outcome;
        }
        throw new Error('there is no time to ask in');
      };
      const outcomes = await Promise.all(runs.map(asked));
      for (const [at, outcome] of outcomes.entries()) {
        if (outcome.failures.length > 0) console.error(outcome.said.slice(-8_000));
        expect([runs[at], outcome.failures, isEnough(outcome)]).toEqual([runs[at], [], true]);
      }
    },
  );
}

const isEnough = ({ operations, cases }: FuzzOutcome): boolean => operations > 20 && cases > 50;

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
