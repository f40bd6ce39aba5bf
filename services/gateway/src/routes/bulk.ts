// POST /v1/observations/bulk: NDJSON in, one answer a line out, the summary last.
// Holds: answers come in the order of the lines, as they are decided; neighbours of a bad line are accepted; the summary
// adds up; whether an id was known before is not told. Source: README.md#bulk

import { Type } from 'typebox';
import { isTooDeep } from '@sitebus/kit';
import type { ObservationJson } from '@sitebus/kit';
import type { BatchSummary, ItemAnswer } from '@sitebus/sdk';
import { intakeOf } from '../intake-of.ts';
import { answerLines, bodyStream, linesOf } from '../ndjson.ts';
import type { Line } from '../ndjson.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';
import type { Released } from '../release.ts';

const MAX_LINES = 10_000;
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson'];
/** Lines handed to the agency's service at once. */
const CHUNK = 100;

/** The route of many observations. */
export const bulkRoutes: Routes = async (app, parts) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...NDJSON_TYPES], (_request, payload, done) => done(null, payload));
  app.post(
    '/v1/observations/bulk',
    { schema: bulkSchema, config: { produces: 'application/x-ndjson', consumes: NDJSON_TYPES } },
    async (request, reply) => {
      intakeOf(parts, request.subject); // who may not publish is refused before a line is read
      parts.uploads.take(request, reply);
      const lines = linesOf(bodyStream(request), MAX_LINES);
      const submit: Submit = async (items) => {
        await request.judge(); // lines come for minutes
        const { intake, onBehalfOf } = intakeOf(parts, request.subject);
        return intake.submit(items, onBehalfOf);
      };
      return answerLines(reply, answersOf(lines, submit));
    },
  );
};

type Submit = (items: readonly ObservationJson[]) => Promise<readonly ItemAnswer[]>;

/** Answers lines in their order, the summary last. */
async function* answersOf(lines: AsyncIterable<Line>, submit: Submit): AsyncGenerator<Released<unknown>> {
  const sum = { items: 0, accepted: 0, refused: 0, skipped: 0 };
  let chunk: Line[] = [];
  const flush = async (): Promise<readonly Released<unknown>[]> => {
    const answers = await answersOfChunk(chunk, submit);
    chunk = [];
    for (const { status } of answers) {
      sum.items += 1;
      sum[status] += 1;
    }
    return answers.map((answer) => statement(answer));
  };
  for await (const line of lines) {
    chunk.push(line);
    if (chunk.length >= CHUNK) yield* await flush();
  }
  yield* await flush();
  yield statement({ summary: sum satisfies BatchSummary });
}

async function answersOfChunk(lines: readonly Line[], submit: Submit): Promise<readonly ItemAnswer[]> {
  const read = lines.map(itemOf);
  const items = read.flatMap((each) => ('item' in each ? [each] : []));
  const answers =
    items.length === 0
      ? []
      : await submitted(
          items.map(({ item }) => item),
          submit,
        );
  const byLine = new Map(items.map(({ line }, at) => [line, answers[at]]));
  return read.map((each) => {
    if (!('item' in each)) return each;
    const answer = byLine.get(each.line);
    return answer === undefined
      ? refusedLine(each.line, 'NOT_DURABLE', 'no answer came', 'send the line again')
      : atLine(answer, each.line);
  });
}

/** An intake that can decide nothing refuses its chunk; what went before stands. */
async function submitted(items: readonly ObservationJson[], submit: Submit): Promise<readonly ItemAnswer[]> {
  try {
    return await submit(items);
  } catch (cause) {
    const { code = 'NOT_DURABLE', retriable } = cause as { code?: string; retriable?: boolean };
    if (retriable === undefined) throw cause; // a defect, not a refusal
    const name = code.toUpperCase().replaceAll('-', '_'); // a problem of ours is named as in a URN
    return items.map(() => refusedLine(0, name, 'not stored', 'send the line again later'));
  }
}

function itemOf(
  line: Line,
): { readonly line: number; readonly item: ObservationJson } | Exclude<ItemAnswer, { status: 'accepted' }> {
  if ('stop' in line)
    return { ...refusedLine(line.line, line.stop, 'reading ended here', 'send the rest in parts'), status: 'skipped' };
  try {
    const item: unknown = JSON.parse(line.text);
    if (isTooDeep(item))
      return refusedLine(line.line, 'TOO_DEEP', 'nested deeper than any record', 'take out what it does not declare');
    if (typeof item === 'object' && item !== null && !Array.isArray(item))
      return { line: line.line, item: item as ObservationJson };
  } catch {
    // falls through: a line that is not JSON costs only itself
  }
  return refusedLine(
    line.line,
    'NOT_JSON',
    'the line is no JSON object',
    'one observation a line, without line breaks inside',
  );
}

function refusedLine(
  line: number,
  code: string,
  reason: string,
  fix: string,
): Exclude<ItemAnswer, { status: 'accepted' }> {
  return { line, status: 'refused', code, reason, fix };
}

/** The caller's line number; and never whether the id was known before. */
function atLine(answer: ItemAnswer, line: number): ItemAnswer {
  if (answer.status !== 'accepted') return { ...answer, line };
  const { known: _known, ...rest } = answer;
  return { ...rest, line };
}

const bulkSchema = {
  summary: 'Publishes many: NDJSON in, one answer a line out, the summary last',
  tags: ['observations'],
  consumes: ['application/x-ndjson'],
  produces: ['application/x-ndjson'],
  querystring: query({}),
  response: { 200: Type.String() },
};
