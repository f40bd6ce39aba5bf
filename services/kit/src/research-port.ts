// The one way from a gateway to the research room: projects, agreements, data sets, outputs, and files of data sets.
// Holds: the caller has authenticated the person; the room looks the person up itself, judges again, and answers nobody of
// government about anything unpublished. An answer is not released by being answered: the gateway's monitor does that.
// Source: README.md#research

import type { Marking } from '@sitebus/marking';
import { Type, type Static } from 'typebox';
import type { GuardCaller } from './guard.ts';

/** What the room keeps. */
export type ResearchKind = 'project' | 'dataset';

/** A project or a data set as it stands now, for the person who asked. */
export interface ResearchItem {
  readonly kind: ResearchKind | 'catalogue-entry';
  readonly id: string;
  /** Of everything it was made from. */
  readonly marking: Marking;
  /** When it was made, UTC milliseconds. */
  readonly atMs: number;
  /** JSON of the API, without id and marking. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A file of a data set, already on the room's record as sent to this person. */
export interface ResearchFile extends ResearchItem {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/**
 * The room, in process or over HTTP. Each call rejects with COMMAND_REFUSED {code, possible, faults, until?, sizes?} where
 * it was judged and refused, with RESEARCH_UNKNOWN, and with retriable refusals where it could not be judged.
 */
export interface ResearchPort {
  /** `args`: as RESEARCH_COMMANDS[what] says. Agreements and outputs answer with their project. */
  add(what: 'project' | 'agreement' | 'dataset' | 'output', args: unknown, by: GuardCaller): Promise<ResearchItem>;
  /** `name`: a command of RESEARCH_COMMANDS.datasets. */
  command(id: string, name: ResearchCommand, args: unknown, by: GuardCaller): Promise<ResearchItem>;
  find(kind: ResearchKind, id: string, by: GuardCaller): Promise<ResearchItem | undefined>;
  /** The caller's own, newest first. */
  list(kind: ResearchKind, by: GuardCaller): Promise<readonly ResearchItem[]>;
  /** What everybody may know of the projects of a view, newest first. */
  catalogue(view: string): Promise<readonly ResearchItem[]>;
  file(id: string, format: ResearchFormat, by: GuardCaller): Promise<ResearchFile>;
}

/** Formats of a file. */
export type ResearchFormat = 'csv' | 'parquet';
/** Commands on a data set. */
export type ResearchCommand = keyof (typeof RESEARCH_COMMANDS)['datasets'];

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const Words = Type.String({ minLength: 1, maxLength: 1_000 });
const Title = Type.Object(
  { en: Type.String({ minLength: 1, maxLength: 200 }), fr: Type.String({ minLength: 1, maxLength: 200 }) },
  closed,
);
const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
});
const Name = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' });
const Nothing = Type.Object({}, closed);

/** What each command takes: the bodies of the API, and what the room checks again. */
export const RESEARCH_COMMANDS = Object.freeze({
  project: Type.Object(
    {
      title: Title,
      window: Type.Object({ from: Instant, to: Instant }, closed),
      embargoUntil: Instant,
      ethicsRef: Type.Optional(Words),
      members: Type.Optional(Type.Array(Name, { maxItems: 50, uniqueItems: true })),
    },
    closed,
  ),
  agreement: Type.Object(
    {
      project: Id,
      documentSha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the document that was signed.' }),
      with: Words,
      allowsText: Type.Boolean({ description: 'Whether texts may be exported, without anybody in them.' }),
      ethicsRef: Type.Optional(Words),
    },
    closed,
  ),
  dataset: Type.Object(
    {
      project: Id,
      title: Type.String({ minLength: 1, maxLength: 200 }),
      types: Type.Array(Name, { minItems: 1, maxItems: 30, uniqueItems: true }),
      columns: Type.Array(Name, { minItems: 1, maxItems: 40, uniqueItems: true }),
      quasi: Type.Optional(Type.Array(Name, { maxItems: 40, uniqueItems: true })),
    },
    closed,
  ),
  output: Type.Object({ project: Id, title: Title, url: Type.String({ pattern: '^https://[^\\s]{1,1000}$' }) }, closed),
  datasets: Object.freeze({
    collect: Nothing,
    freeze: Nothing,
    export: Type.Object(
      { format: Type.Union([Type.Literal('csv'), Type.Literal('parquet')]), dryRun: Type.Optional(Type.Boolean()) },
      closed,
    ),
    retract: Type.Object({ reason: Words }, closed),
    acknowledge: Nothing,
  }),
});

/** What a project is registered with. */
export type ProjectArgs = Static<(typeof RESEARCH_COMMANDS)['project']>;
/** What is said of an agreement. */
export type AgreementArgs = Static<(typeof RESEARCH_COMMANDS)['agreement']>;
/** What a data set is defined with. */
export type DatasetArgs = Static<(typeof RESEARCH_COMMANDS)['dataset']>;
/** What is said of an output. */
export type OutputArgs = Static<(typeof RESEARCH_COMMANDS)['output']>;
/** What an export is asked with. */
export type ExportArgs = Static<(typeof RESEARCH_COMMANDS)['datasets']['export']>;
