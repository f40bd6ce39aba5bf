// An agency's intake over HTTP: the calling half, an AgencyIntake like any other.
// Holds: a refusal there is the same refusal here; a connection that breaks is UNREACHABLE, and what had been answered stands.
// Source: README.md#intake-over-http

import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { SitebusError, unreachable, type BatchSummary, type ItemAnswer } from '@sitebus/sdk';
import type { DeadLetterItem } from './dead-letters.ts';
import { DEAD_LETTERS_PATH, ERASE_PATH, IMPORT_PATH, SUBMIT_PATH } from './intake-http.ts';
import type { DeadLettersBody } from './intake-http.ts';
import type { AgencyIntake, OnBehalfOf } from './intake.ts';
import type { RefusalBody } from './internal-routes.ts';

/** Where an agency's service listens, and the credential it shares with its callers. */
export interface IntakeClientOptions {
  readonly agency: string;
  /** Such as `http://agency-cse:7090`. */
  readonly url: string;
  readonly credential: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** An intake that calls the agency's own service; rejects with what that refuses, or UNREACHABLE (retriable). */
export function createIntakeClient({
  agency,
  url,
  credential,
  timeoutMs = TIMEOUT_MS,
}: IntakeClientOptions): AgencyIntake {
  async function post(path: string, contentType: string, body: string | Buffer): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { 'authorization': `Bearer ${credential}`, 'content-type': contentType }, // prettier-ignore
        body: typeof body === 'string' ? body : new Uint8Array(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw unreachable({ what: `the service of ${agency}` }, cause);
    }
    if (response.ok) return response;
    throw toError((await response.json().catch(() => undefined)) as RefusalBody | undefined, agency);
  }

  async function askDeadLetters(body: DeadLettersBody): Promise<readonly DeadLetterItem[]> {
    const response = await post(DEAD_LETTERS_PATH, 'application/json', JSON.stringify(body));
    return ((await response.json()) as { readonly letters: readonly DeadLetterItem[] }).letters; // of our own service
  }
  const oneOf = async (
    act: 'redrive' | 'discard',
    id: string,
    reason: string,
    onBehalfOf: OnBehalfOf,
    spilled: readonly string[] = [],
  ) => {
    const [letter] = await askDeadLetters({ act, id, reason, onBehalfOf, spilled });
    if (letter === undefined) throw unreachable({ what: `the dead letters of ${agency}` });
    return letter;
  };

  return {
    agency,
    deadLetters: {
      list: (onBehalfOf) => askDeadLetters({ act: 'list', onBehalfOf, spilled: [] }),
      redrive: (id, reason, onBehalfOf, spilled) => oneOf('redrive', id, reason, onBehalfOf, spilled),
      discard: (id, reason, onBehalfOf) => oneOf('discard', id, reason, onBehalfOf),
    },
    async submit(items, onBehalfOf) {
      const response = await post(SUBMIT_PATH, 'application/json', JSON.stringify({ items, onBehalfOf }));
      const { answers } = (await response.json()) as { readonly answers: readonly ItemAnswer[] }; // of our own service
      return answers;
    },
    async erase(note) {
      const response = await post(ERASE_PATH, 'application/json', JSON.stringify({ note }));
      return ((await response.json()) as { readonly isErased: boolean }).isErased; // of our own service
    },
    async *importFile(format, source, content, { person, agency: of, cells }) {
      const query = new URLSearchParams({ format, source, person, agency: of });
      if (cells !== undefined) query.set('cells', cells.join(','));
      const response = await post(`${IMPORT_PATH}?${query.toString()}`, 'application/octet-stream', content);
      for await (const line of linesOf(response, agency)) {
        const answer = JSON.parse(line) as ItemAnswer | { readonly summary: BatchSummary } | RefusalBody;
        if ('refusal' in answer) throw toError(answer, agency);
        yield answer;
      }
    },
  };
}

async function* linesOf(response: Response, agency: string): AsyncGenerator<string> {
  if (response.body === null) return;
  try {
    yield* createInterface({ input: Readable.fromWeb(response.body) });
  } catch (cause) {
    throw unreachable({ what: `the service of ${agency}` }, cause);
  }
}

function toError(body: RefusalBody | undefined, agency: string): SitebusError {
  if (body?.refusal === undefined) return unreachable({ what: `the service of ${agency}` });
  const { code, retriable, details } = body.refusal;
  return new SitebusError(code, retriable, details);
}
