// ETags: a hash of the released bytes, and the condition under which a change is made.
// Holds: whoever changes a thing has seen it as it is to them now; nothing is changed without saying what was seen.
// Source: RFC 9110 §8.8.3, §13.1.1

import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { preconditionFailed, preconditionRequired } from './errors.ts';

const ETAG_CHARS = 32;

/** @returns the strong ETag of an answer's bytes. */
export function etagOf(payload: string): string {
  return `"${createHash('sha256').update(payload).digest('base64url').slice(0, ETAG_CHARS)}"`;
}

/**
 * Compares `If-Match` with what this reader would get now.
 * Throws `precondition-required`, or `precondition-failed` with the ETag of now.
 */
export function mustMatch(request: FastifyRequest, body: object): void {
  const given = request.headers['if-match'];
  if (given === undefined || given === '') throw preconditionRequired({});
  const etag = etagOf(JSON.stringify(body));
  const tags = given.split(',').map((tag) => tag.trim());
  if (!tags.includes(etag) && !tags.includes('*')) throw preconditionFailed({ etag });
}

/** Headers of a route that changes what was read. Optional to the schema: that it lacks is 428, not 400. */
export const ifMatch = Type.Object(
  { 'if-match': Type.Optional(Type.String({ maxLength: 500, description: 'ETag of what was read.' })) },
  { additionalProperties: true },
);
