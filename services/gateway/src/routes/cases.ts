// /v1/cases: matters before the panel, their brief, evidence and sealed decision; the history pack and threshold report of an election.
// Holds: nothing is decided here: protocol judges, and says who has a case at all; what seats alone do is not there for anyone
// else; what the panel deliberates is a part of its own, released by its own marking. Source: README.md#cases

import { CASE_COMMANDS } from '@sitebus/kit';
import type { Matter } from '@sitebus/kit';
import { clearanceDominates } from '@sitebus/marking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TObject } from 'typebox';
import { notFound } from '../errors.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredMatter } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import {
  addMatterRoutes,
  askProtocol,
  findMatter,
  instantOf,
  matterBody,
  readMatter,
  releaseMatter,
  toStoredMatter,
} from './matters.ts';

const open = { additionalProperties: true } as const;
const Open = Type.Object({}, open);
const Part = Type.Object({ marking: MarkingBody }, open);

/** What is shown of a case beside id, state, marking and what is possible. */
const SHOWN = {
  electionId: Type.String(),
  periodState: Type.String(),
  question: Type.String(),
  precedence: Type.String(),
  openedAt: Type.String(),
  openedBy: Type.Optional(Type.String({ description: 'Agency.' })),
  successorOf: Type.Optional(Type.String()),
  basis: Type.String({ description: 'INCIDENT or ACCUMULATION.' }),
  crossings: Type.Array(Type.String()),
  evidenceHash: Type.String({ description: 'What ratings and votes speak of.' }),
  assessments: Type.Array(Open),
  documents: Type.Array(Open),
  consultation: Type.Optional(Open),
  answers: Type.Array(Open, { description: 'NO_ANSWER where an agency was asked and said nothing.' }),
  notForwarded: Type.Optional(Open),
  brief: Type.Optional(Open),
  finding: Type.Optional(Type.String()),
  infoRequests: Type.Array(Open),
  decision: Type.Optional(Open),
  notices: Type.Array(Open),
  actions: Type.Array(Open),
  reason: Type.Optional(Type.String()),
  office: Type.Optional(Part),
  deliberation: Type.Optional(Part),
};

const { open: Opening, ...COMMANDS } = CASE_COMMANDS;
const SUMMARIES: Readonly<Record<keyof typeof COMMANDS, string>> = {
  consult: 'Asks agencies',
  respond: 'Answers for your agency, on a definition of policy',
  'not-forward': 'Keeps it from the panel until a day, for a reason',
  inform: 'Brings it before the panel, with what is not known',
  scope: 'Asks whose matter it is',
  finding: 'Says whose matter it is',
  'agency-action': 'Writes down what your agency does within its own mandate',
  attach: 'Attaches a document by its hash: the evidence changes',
  detach: 'Takes a document away: the evidence changes',
  close: 'Closes it',
  answer: 'Says that what the panel asked has been answered',
  'name-issuer': 'Names a head of an agency who may issue notices',
  ask: 'Asks agencies for the panel',
  rate: 'Rates, for your seat',
  propose: 'Proposes what is to be decided',
  vote: 'Votes, for your seat',
  refresh: 'Takes the newest versions of what is cited as evidence',
  draft: 'Drafts a notice',
  disclose: 'Tells the public that the threshold was not met',
  notify: 'Tells those whom policy names, and sets the time of the announcement',
  announce: 'Tells the public',
  update: 'Replaces the announcement by what was agreed',
  correct: 'Corrects the announcement by what was agreed',
};

/** The protocol goes by two short names besides; a URL under either is one of cases. */
export function underCases(url: string): string {
  return url.replace(/^\/v1\/(?:ceipp|cripp)(?=[/?]|$)/, '/v1/cases');
}

/** Routes of cases. */
export const caseRoutes: Routes = async (app, parts) => {
  addMatterRoutes(app, parts, {
    kind: 'case',
    path: '/v1/cases',
    summaries: { open: 'Opens a case on assessments', list: 'Cases that you are part of, newest first', one: 'One case, as you may see it' },
    open: Opening,
    hasPast: true,
    isProduct: true,
    shown: SHOWN,
    commands: Object.fromEntries(
      Object.entries(COMMANDS as Readonly<Record<string, TObject>>).map(([name, body]) => [
        name,
        { summary: SUMMARIES[name as keyof typeof SUMMARIES], body },
      ]),
    ),
  });

  app.get('/v1/cases/:id/brief', { schema: page('The brief of a case, with the hash of its evidence'), config: { etag: true } }, async (request, reply) =>
    readExtract(parts, request, reply, ({ body }) => {
      const { brief, question, evidenceHash, answers, assessments, precedence } = body;
      return brief === undefined ? undefined : { ...(brief as object), question, precedence, answers, assessments, currentEvidenceHash: evidenceHash };
    }),
  );
  app.get('/v1/cases/:id/evidence', { schema: page('What a case rests on') }, async (request) =>
    extract(parts, request, ({ body: { evidenceHash, assessments, documents, answers } }) => ({ evidenceHash, assessments, documents, answers })),
  );
  app.get('/v1/cases/:id/decision', { schema: page('The sealed decision: seats, votes and reasons') }, async (request) =>
    extract(parts, request, ({ parts: own }) => sealedIn(own).at(-1), 'deliberation'),
  );

  app.get('/v1/elections/:id/history-pack', { schema: pack('Every case of an election that is not closed') }, async (request, reply) =>
    answerCases(parts, request, reply, request.params.id, ({ body }) => body['state'] !== 'CLOSED', (matter) => matter),
  );
  app.get('/v1/elections/:id/threshold-report', { schema: pack('Ratings and outcome of every decision of an election') }, async (request, reply) =>
    answerCases(parts, request, reply, request.params.id, ({ parts: own }) => own.some(isDeliberation), (matter) => ({
      ...matter,
      body: {
        state: matter.body['state'],
        question: matter.body['question'],
        outcomes: sealedIn(matter.parts).map((sealed) => sealed['result']),
        possible: [],
      },
      parts: matter.parts.filter(isDeliberation),
    })),
  );
}; // prettier-ignore

type Own = Matter['parts'];

const isDeliberation = ({ name }: Own[number]): boolean => name === 'deliberation';

function sealedIn(own: Own): readonly Readonly<Record<string, unknown>>[] {
  const sealed = own.find(isDeliberation)?.body['sealed'];
  return Array.isArray(sealed) ? (sealed as readonly Readonly<Record<string, unknown>>[]) : [];
}

/** As `extract` from the case itself; whoever was sent the case has opened it with its brief. */
async function readExtract(
  parts: GatewayParts,
  request: FastifyRequest,
  reply: FastifyReply,
  of: (matter: Matter) => Readonly<Record<string, unknown>> | undefined,
): Promise<Released<Body>> {
  const { id } = request.params as { readonly id: string };
  const { asOf } = request.query as { readonly asOf?: string };
  if (asOf !== undefined) return extract(parts, request, of);
  return readMatter(parts, request, reply, id, async () => {
    const found = await findMatter(parts, 'case', id, request.subject);
    const body = found && of(found);
    return found === undefined || body === undefined ? undefined : { ...found, body, parts: [] };
  });
}

/** One thing of a case, released by the marking of what it is taken from; nothing there is as no case at all. */
async function extract(
  parts: GatewayParts,
  request: FastifyRequest,
  of: (matter: Matter) => Readonly<Record<string, unknown>> | undefined,
  from?: string,
): Promise<Released<Body>> {
  const { id } = request.params as { readonly id: string };
  const { asOf } = request.query as { readonly asOf?: string };
  const found = await findMatter(parts, 'case', id, request.subject, instantOf(asOf));
  const body = found && of(found);
  const marking = from === undefined ? found?.marking : found?.parts.find(({ name }) => name === from)?.marking;
  const taken = found === undefined || body === undefined || marking === undefined ? undefined : { ...found, marking, body, parts: [] };
  return releaseMatter(parts, taken, request.subject, id);
} // prettier-ignore

/** Cases of an election in every view that this gateway's dominates, oldest first. */
async function answerCases(
  parts: GatewayParts,
  request: FastifyRequest,
  reply: Parameters<typeof answerPage>[2],
  electionId: string,
  isWanted: (matter: Matter) => boolean,
  shape: (matter: Matter) => Matter,
) {
  const { monitor, cursors, view, policy } = parts;
  const { subject } = request;
  if (!policy.elections.some(({ id }) => id === electionId)) throw notFound({});
  const below = policy.views.filter(({ clearance }) => clearanceDominates(view.clearance, clearance));
  const found: Matter[] = [];
  for (const { id } of below)
    found.push(...(await askProtocol(parts, (protocol) => protocol.list('case', { person: subject.person, view: id }))));
  const wanted = found.filter((each) => each.body['electionId'] === electionId && isWanted(each)).map(shape);
  wanted.sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
  return answerPage<StoredMatter>({ monitor, cursors }, request, reply, {
    subject,
    scope: { person: subject.person, view: view.id, resource: `election ${electionId}` },
    filter: {},
    from: async function* (cursor) {
      yield* wanted
        .filter(({ atMs, id }) => cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && id < cursor.id))
        .map(toStoredMatter);
    },
    keep: () => true,
    positionOf: ({ atMs, id }) => ({ atMs, id }),
  });
} // prettier-ignore

const asOf = Type.Optional(Type.String({ maxLength: 40, description: 'As it stood then, RFC 3339.' }));

function page(summary: string) {
  const Shown = Type.Object({ id: Type.String(), marking: MarkingBody }, open);
  return { summary, tags: ['cases'], params: ById, querystring: query({ asOf }), response: { 200: Shown } };
}

function pack(summary: string) {
  const Shown = matterBody({
    outcomes: Type.Optional(Type.Array(Type.Unknown())),
    ...Object.fromEntries(Object.entries(SHOWN).map(([name, schema]) => [name, Type.Optional(schema)])),
  });
  const params = Type.Object({ id: Type.String({ maxLength: 64, description: 'The election.' }) });
  return { summary, tags: ['cases'], params, querystring: query({ ...paging }), response: { 200: pageBody(Shown) } };
}
