// Requests to a world's front door with what `fetch` does not let a test choose: the address they come from, odd methods.
// Holds: wrong credentials count against their address (60 a minute), so each row asks from a loopback address of its own.

import { request as httpRequest } from 'node:http';
import type { World } from '../support/world.ts';

/** What came back, headers in the order they were sent. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A request; `as` names a person of policy, `authorization` is sent as it is. */
export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly as?: string;
  readonly authorization?: string;
  readonly type?: string;
  readonly body?: string;
  /** `127.0.0.n`: whose wrong credentials are counted together. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks once, over a connection of its own, and reads the answer to its end. */
export function askFrontDoor(world: World, asked: Asked): Promise<Answer> {
  const { method = 'GET', path, as, type = 'application/json', body, from = '127.0.0.1', headers = {} } = asked;
  const authorization = as === undefined ? asked.authorization : `Bearer ${keyOf(world, as)}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${world.gateway}${path}`, {
      method,
      localAddress: from,
      agent: false,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { rawHeaders } = response;
        resolve({
          status: response.statusCode ?? 0,
          headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [])),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.end(body);
  });
}

/** What two answers to the same question must share: all but the clock, the reader's own budget and their own leaf. */
export function comparable({ status, headers, body }: Answer): Answer {
  return {
    status,
    headers: headers
      .filter(([name]) => !/^(?:date|ratelimit-remaining|ratelimit-reset)$/i.test(name))
      .map(([name, value]) => [name, value.replace(/\d+-\d+; checkpoint=\d+/, '…')] as const),
    body: body.replace(/"traceId":"[0-9a-f]*"/, '"traceId":"…"'),
  };
}

/** The key of the person, by the name the card prints or by id. */
function keyOf(world: World, name: string): string {
  const found = world.tokens.find(({ role, person }) => role === name || person.person === name);
  if (found === undefined) throw new Error(`policy has nobody called ${name}`);
  return found.token;
}
