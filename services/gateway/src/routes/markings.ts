// POST /v1/markings/{parse,join,check}: the kernel's answers, for whoever writes markings.
// Holds: the same kernel as everywhere; depends on the text and on policy, never on a record.

import { Type } from 'typebox';
import { cellOf, joinAll, parse, print } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { readersOf } from '../publishing.ts';
import { statement } from '../release.ts';
import { FaultBody } from '../shapes/bodies.ts';

interface MarkingFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
  readonly index?: number;
}

/** Routes of markings. */
export const markingRoutes: Routes = async (app, { policy }) => {
  const { homeNation } = policy;
  const read = (text: string, pointer: string): { marking?: Marking; faults: readonly MarkingFault[] } => {
    try {
      return { marking: parse(text, { homeNation }), faults: [] };
    } catch (cause) {
      const { code = 'INVALID_MARKING', index } = cause as { code?: string; index?: number };
      return { faults: [{ pointer, code, detail: 'not a marking', ...(index === undefined ? {} : { index }) }] };
    }
  };

  app.post('/v1/markings/parse', { schema: parseSchema }, async (request) => {
    const { marking, faults } = read(request.body.text, '/text');
    return statement({ ...(marking === undefined ? {} : { canonical: print(marking, { homeNation }) }), faults });
  });

  app.post('/v1/markings/join', { schema: joinSchema }, async (request) => {
    const all = request.body.texts.map((text, at) => read(text, `/texts/${at}`));
    const faults = all.flatMap((each) => each.faults);
    const markings = all.flatMap(({ marking }) => (marking === undefined ? [] : [marking]));
    return statement({ ...(faults.length > 0 ? {} : { canonical: print(joinAll(markings), { homeNation }) }), faults });
  });

  app.post('/v1/markings/check', { schema: checkSchema }, async (request) => {
    const { marking, faults } = read(request.body.text, '/text');
    if (marking === undefined) return statement({ faults, readers: [] });
    const cell = cellOf(marking, policy.cells);
    const readers = cell === undefined ? [] : readersOf(marking, cell.id, request.subject, policy);
    // A cell that none of the caller's views reads is told of no more than one that does not exist.
    return statement({
      canonical: print(marking, { homeNation }),
      ...(cell === undefined || readers.length === 0 ? {} : { cell: cell.id }),
      readers,
      faults,
    });
  });
};

const Text = Type.Object({ text: Type.String({ maxLength: 2_048 }) }, { additionalProperties: false });
const common = { tags: ['markings'], querystring: query({}) };
const parseSchema = {
  ...common,
  summary: 'The canonical form, or where the fault is',
  body: Text,
  response: { 200: Type.Object({ canonical: Type.Optional(Type.String()), faults: Type.Array(FaultBody) }) },
};
const joinSchema = {
  ...common,
  summary: 'The lowest marking that protects all of them',
  body: Type.Object(
    { texts: Type.Array(Type.String({ maxLength: 2_048 }), { minItems: 1, maxItems: 100 }) },
    { additionalProperties: false },
  ),
  response: parseSchema.response,
};
const checkSchema = {
  ...common,
  summary: 'The cell, and which of your views read it',
  body: Text,
  response: {
    200: Type.Object({
      canonical: Type.Optional(Type.String()),
      cell: Type.Optional(Type.String()),
      readers: Type.Array(Type.String()),
      faults: Type.Array(FaultBody),
    }),
  },
};
