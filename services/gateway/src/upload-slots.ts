// How many bodies of up to 32 MiB one reader may have on their way at once.
// Holds: room is a reader's own, so nobody's uploads make another's wait; a slot is given back when the answer has ended,
// however it ended. Source: README.md#bulk

import type { FastifyReply, FastifyRequest } from 'fastify';
import { rateLimited } from './errors.ts';

/** Uploads of one reader that may be under way together. */
export const UPLOADS_A_READER = 2;

/** The uploads under way in one gateway. */
export interface UploadSlots {
  /** Takes a slot until the reply has ended. Throws `rate-limited` where the reader has none left. */
  take(request: FastifyRequest, reply: FastifyReply): void;
}

/** Makes them, all free. */
export function createUploadSlots(): UploadSlots {
  const takenBy = new Map<string, number>();
  return {
    take({ subject: { person } }, { raw }) {
      const taken = takenBy.get(person) ?? 0;
      if (taken >= UPLOADS_A_READER) throw rateLimited({ retryAfterSeconds: 5 });
      takenBy.set(person, taken + 1);
      raw.once('close', () => {
        const left = (takenBy.get(person) ?? 1) - 1;
        if (left === 0) takenBy.delete(person);
        else takenBy.set(person, left);
      });
    },
  };
}
