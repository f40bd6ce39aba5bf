// explain: why the members of an assessment are linked and why it is held to be so likely, as text a person can check.
// Holds: everything the server explained is printed, under the headings of the questions; nothing is recomputed here.

import { EXIT } from '../errors.ts';
import { printAnswer } from '../render/answer.ts';
import { blockOf } from '../render/record.ts';
import type { ReleasedRecord } from '../render/record.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Feature {
  readonly kind: string;
  /** Absent where policy masks it. */
  readonly value?: string;
  readonly dfBucket: number;
  readonly contributionMicro: number;
}

interface Link {
  readonly a: string;
  readonly b: string;
  readonly scoreMicro: number;
  readonly features: readonly Feature[];
}

interface Evidence {
  readonly agency: string;
  readonly rMicro: number;
  readonly sMicro: number;
  readonly pMicro: number;
  readonly uMicro: number;
  readonly roots?: readonly {
    readonly root?: string;
    readonly member: string;
    readonly rMicro: number;
    readonly sMicro: number;
  }[];
}

interface Explanation extends ReleasedRecord {
  readonly members?: readonly {
    readonly id: string;
    readonly agency: string;
    readonly type: string;
    readonly root?: string;
    readonly discounted?: string;
    readonly copyOf?: string;
  }[];
  readonly links?: readonly Link[];
  readonly contextValues?: readonly { readonly kind: string; readonly value?: string; readonly why: string }[];
  readonly copies?: readonly {
    readonly member: string;
    readonly of?: string;
    readonly stated: number;
    readonly shared: number;
    readonly values: readonly { readonly kind: string; readonly value?: string }[];
  }[];
  readonly likelihood?: {
    readonly pMicro: number;
    readonly uMicro: number;
    readonly lo: number;
    readonly hi: number;
    readonly term?: { readonly en: string };
  };
  readonly evidence?: readonly Evidence[];
  readonly confidence?: string;
  readonly confidenceCaps?: readonly { readonly cap: string; readonly atMost: string }[];
  readonly dissents?: readonly { readonly a: string; readonly b: string; readonly degreeMicro: number }[];
}

/** Registers explain. */
export const registerExplain: Registration = (program, run) => {
  program
    .command('explain <assessment>')
    .description('why its members are linked, and why this likelihood')
    .addHelpText(
      'before',
      'Examples:\n  sitebus explain 0b0e7a5c-… --as analyst\n  sitebus explain 0b0e7a5c-… --json\n',
    )
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Explanation>({ path: `/v1/assessments/${encodeURIComponent(id)}/explain` });
        printAnswer(context, flags, answer, () => renderExplanation(answer.body));
        return EXIT.done;
      }),
    );
};

/** Renders an explanation under its two questions; a field without a place of its own comes last, by name. */
export function renderExplanation(explanation: Explanation): string[] {
  const { members = [], links = [], contextValues = [], likelihood, evidence = [], ...others } = explanation;
  const { confidence, confidenceCaps = [], copies = [], dissents = [], ...rest } = others;
  return [
    'Members',
    ...members.map(memberLine),
    'Why linked',
    ...whyLinked(links, new Map(members.map(({ id, agency }) => [id, agency]))),
    ...(contextValues.length === 0 ? [] : ['Seen, and not counted']),
    ...contextValues.map(({ kind, value, why }) => `  ${kind} ${value ?? MASKED}  ${why}`),
    ...(copies.length === 0 ? [] : ['Told again, and not counted twice']),
    ...copies.flatMap(({ member, of = 'a record that is no member', stated, shared, values }) => [
      `  ${member}  has ${shared} of its ${stated} values from ${of}`,
      ...values.map(({ kind, value = '(masked)' }) => `    ${kind} ${value}`),
      ...(shared > values.length ? [`    and ${shared - values.length} more`] : []),
    ]),
    'Why this likelihood',
    ...(likelihood === undefined
      ? []
      : [
          `  ${likelihood.term === undefined ? '' : `${likelihood.term.en}: `}${percent(likelihood.pMicro)}, between ${likelihood.lo} and ${likelihood.hi} %; ${percent(likelihood.uMicro)} of it unknown`,
        ]),
    ...evidence.flatMap(evidenceLines),
    'Confidence',
    `  ${confidence ?? 'not stated'}`,
    ...confidenceCaps.map(({ cap, atMost }) => `  at most ${atMost}: ${cap}`),
    ...(dissents.length === 0 ? [] : ['Dissent']),
    ...dissents.map(({ a, b, degreeMicro }) => `  ${a} and ${b} disagree by ${percent(degreeMicro)}`),
    'Also',
    ...blockOf(rest).map((line) => `  ${line}`),
  ];
}

function memberLine(member: NonNullable<Explanation['members']>[number]): string {
  const { id, agency, type, root, discounted, copyOf } = member;
  const lineage = root === undefined ? 'unknown provenance' : root === id ? '' : `from ${root}`;
  const reason = copyOf === undefined ? discounted : `${discounted} of ${copyOf}`;
  const words = [id, agency, type, lineage, discounted === undefined ? '' : `discounted: ${reason}`];
  return `  ${words.filter((word) => word !== '').join('  ')}`;
}

function whyLinked(links: readonly Link[], agencyOf: ReadonlyMap<string, string>): string[] {
  if (links.length === 0) return ['  a single observation: nothing to link'];
  const strongestFirst = [...links].sort((x, y) => y.scoreMicro - x.scoreMicro);
  return strongestFirst.flatMap(({ a, b, scoreMicro, features }) => [
    `  ${agencyOf.get(a) ?? '?'} – ${agencyOf.get(b) ?? '?'}  score ${unit(scoreMicro)}  ${a} – ${b}`,
    ...features.map(
      ({ kind, value, dfBucket, contributionMicro }) =>
        `    ${kind} ${value ?? MASKED}  adds ${unit(contributionMicro)}, in at least ${2 ** dfBucket} lineages`,
    ),
  ]);
}

function evidenceLines({ agency, rMicro, sMicro, pMicro, roots = [] }: Evidence): string[] {
  return [
    `  ${agency}  for ${unit(rMicro)}, against ${unit(sMicro)}: alone ${percent(pMicro)}`,
    ...roots.map(
      ({ root, member, rMicro: r, sMicro: s }) =>
        `    ${root ?? 'unknown provenance'}  by ${member}  for ${unit(r)}, against ${unit(s)}`,
    ),
  ];
}

const MASKED = '(masked: reveal it at a member)';
const unit = (micro: number): string => (micro / 1_000_000).toFixed(3);
const percent = (micro: number): string => `${(micro / 10_000).toFixed(0)} %`;
