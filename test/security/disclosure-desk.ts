// People of a world asking, drafting, signing and applying over HTTP, as their own tools would: read, sign what is to be
// signed, name the version that was read.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { signStatement } from '@sitebus/sdk';
import { signShown } from '../../services/cli/src/signing.ts';
import { eventually } from '../support/eventually.ts';
import type { World } from '../support/world.ts';

/** The view in which everything here is asked for. */
export const DESK_VIEW = 's-can';

/** An answer, parsed. */
export interface DeskAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Requests under `/v1/`, in the view, by people of the world. */
export interface Desk {
  get(as: string, path: string): Promise<DeskAnswer>;
  post(as: string, path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<DeskAnswer>;
  /** A command on what was just read: with its ETag, and a key of its own. */
  judge(as: string, path: string, command: string, body?: unknown): Promise<DeskAnswer>;
  /** Reads, signs the text with the person's own key (or `seed`), and gives the command with the signature. */
  sign(as: string, path: string, command: 'approve' | 'sign', seed?: string): Promise<DeskAnswer>;
}

/** Opens it. `tokens`: of people whom the world has not issued a key to itself. */
export function openDisclosureDesk(world: World, tokens: ReadonlyMap<string, string> = new Map()): Desk {
  const ask = async (as: string, path: string, init: RequestInit = {}): Promise<DeskAnswer> => {
    const token = tokens.get(as);
    const headers = { ...(init.headers as Record<string, string> | undefined), ...(token && { authorization: `Bearer ${token}` }) }; // prettier-ignore
    const separator = path.includes('?') ? '&' : '?';
    const asked = `/v1/${path}${separator}view=${DESK_VIEW}`;
    const response = await unloaded(() => world.ask(token === undefined ? as : undefined, asked, { ...init, headers }));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const desk: Desk = {
    get: ask,
    post: (as, path, body, headers = {}) =>
      ask(as, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async judge(as, path, command, body = {}) {
      const { headers } = await desk.get(as, path);
      const etag = headers.get('etag') ?? '';
      return desk.post(as, `${path}/${command}`, body, { 'if-match': etag, 'idempotency-key': randomUUID() });
    },
    async sign(as, path, command, seed) {
      const { body } = await desk.get(as, path);
      const keyFile = join(world.dataDir, 'signing-keys', `${as}.key`);
      const kind = command === 'approve' ? 'tearline' : 'downgrade';
      const signature =
        seed === undefined
          ? await signShown(kind, body, keyFile, process.cwd()) // as `sitebus` does, with its own look at what is signed
          : signStatement(String(body['toSign']), seed);
      return desk.judge(as, path, command, { signature });
    },
  };
  return desk;
}

/** Load is told to everyone alike, before anything is looked up, and is no answer: such a request is made again. */
export async function unloaded(ask: () => Promise<Response>): Promise<Response> {
  return eventually(
    async () => {
      const response = await ask();
      const isLoad = response.status === 503 && (await response.clone().text()).includes(':overloaded"');
      return !isLoad && response;
    },
    { what: 'an answer other than of load' },
  );
}
