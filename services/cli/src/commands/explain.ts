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
  readonly value: string;
  readonly weight?: number;
  readonly dfBucket?: number;
}

interface Link {
  readonly a: string;
  readonly b: string;
  readonly features: readonly Feature[];
  readonly marking?: { readonly banner?: string };
}

interface Explanation extends ReleasedRecord {
  readonly members?: readonly {
    readonly id: string;
    readonly agency?: string;
    readonly type?: string;
    readonly root?: string;
    readonly discounted?: unknown;
  }[];
  readonly links?: readonly Link[];
  readonly contextValues?: readonly { readonly kind: string; readonly value: string; readonly why: string }[];
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

/** Renders an explanation: members, links with their weights, what did not count, then everything else by name. */
export function renderExplanation({ members = [], links = [], contextValues = [], ...rest }: Explanation): string[] {
  const agencyOf = new Map(members.map(({ id, agency }) => [id, agency ?? '?']));
  const strongestFirst = [...links].sort((x, y) => weightOf(y) - weightOf(x));
  return [
    'Members',
    ...members.map(({ id, agency, type, root, discounted }) =>
      `  ${id}  ${agency ?? '?'}  ${type ?? ''}${root === undefined || root === id ? '' : `  copy of ${root}`}${discounted ? '  discounted' : ''}`.trimEnd(),
    ),
    ...(members.length === 0 ? ['  none that you may see'] : []),
    'Why linked',
    ...strongestFirst.flatMap((link) => [
      `  ${agencyOf.get(link.a) ?? '?'} – ${agencyOf.get(link.b) ?? '?'}  weight ${weightOf(link).toFixed(2)}  ${link.marking?.banner === undefined ? '' : `[${link.marking.banner}]`}`.trimEnd(),
      `    ${link.a} – ${link.b}`,
      ...link.features.map(
        ({ kind, value, weight, dfBucket }) =>
          `    ${kind} ${value}${weight === undefined ? '' : `  weight ${weight.toFixed(2)}`}${dfBucket === undefined ? '' : `  seen in about ${2 ** dfBucket} observations`}`,
      ),
    ]),
    ...(links.length === 0 ? ['  a single observation: nothing to link'] : []),
    ...(contextValues.length === 0 ? [] : ['Seen, and not counted']),
    ...contextValues.map(({ kind, value, why }) => `  ${kind} ${value}  ${why}`),
    'Why this likelihood',
    ...blockOf(rest).map((line) => `  ${line}`),
  ];
}

const weightOf = ({ features }: Link): number => features.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
