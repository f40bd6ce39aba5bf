// NDJSON in and out: lines of a request as they arrive, answers as they are decided.
// Holds: bounded in bytes, also after decompression, in lines and in the length of a line; what is written is Released.
// Source: README.md#bulk

import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaType, tooLarge } from './errors.ts';
import { open, UNMARKED_BANNER } from './release.ts';
import type { Released } from './release.ts';

/** Most bytes of a bulk body or an import, before and after decompression. */
export const MAX_BULK_BYTES = 32 * 1024 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

/** One line of the input, or the reason why reading stopped there. */
export type Line =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly stop: 'TOO_LARGE' | 'LINE_TOO_LONG' | 'UNREADABLE' };

/** @returns the body as bytes, decompressed. Throws `too-large` at once where its length says so, `media-type` for other encodings. */
export function bodyStream(request: FastifyRequest): Readable {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_BULK_BYTES) throw tooLarge({ maxBytes: MAX_BULK_BYTES });
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const raw = (request.body as Readable | undefined) ?? Readable.from([]);
  if (encoding === 'identity') return raw;
  if (encoding !== 'gzip') throw mediaType({ accepted: ['identity', 'gzip'] });
  const gunzip: Transform = createGunzip();
  raw.on('error', (cause) => gunzip.destroy(cause));
  return raw.pipe(gunzip);
}

/** Reads a whole body. Throws `too-large` past the bound, whatever was declared. */
export async function wholeBody(request: FastifyRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bodyStream(request)) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BULK_BYTES) throw tooLarge({ maxBytes: MAX_BULK_BYTES });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Splits bytes into lines, numbered from 1, blank ones left out; a bound that is passed ends it with a `stop`. */
export async function* linesOf(body: AsyncIterable<Buffer>, maxLines: number): AsyncGenerator<Line, void> {
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let line = 0;
  let stop: Extract<Line, { stop: string }>['stop'] | undefined;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(NEWLINE); end >= 0 && line < maxLines; end = rest.indexOf(NEWLINE)) {
        const text = rest.subarray(0, end).toString('utf8').trim();
        rest = rest.subarray(end + 1);
        line += 1; // blank lines count: they cost as much to find
        if (text !== '') yield { line, text };
      }
      if (bytes > MAX_BULK_BYTES || (line >= maxLines && rest.length > 0)) stop = 'TOO_LARGE';
      else if (rest.length > MAX_LINE_BYTES) stop = 'LINE_TOO_LONG';
      if (stop !== undefined) break;
    }
  } catch {
    stop = 'UNREADABLE'; // not gzip, or the sender left
  }
  const last = rest.toString('utf8').trim();
  if (stop !== undefined) yield { line: line + 1, stop };
  else if (last !== '') yield { line: line + 1, text: last };
}

const NEWLINE = 0x0a;

/** Answers with a stream of lines, each released. The body may still be arriving. Return what it returns. */
export function answerLines(reply: FastifyReply, lines: AsyncIterable<Released<unknown>>): never {
  // Answers about what the caller sent hold no record of anybody else.
  reply.opened = { body: undefined, banner: UNMARKED_BANNER, leaf: undefined };
  reply.type('application/x-ndjson; charset=utf-8');
  return reply.send(Readable.from(textsOf(lines), { objectMode: false })) as never; // Fastify takes the reply itself as “sent”
}

async function* textsOf(lines: AsyncIterable<Released<unknown>>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(open(line).body)}\n`;
}
