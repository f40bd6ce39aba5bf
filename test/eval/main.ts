// `npm run eval`: how well fusion links, beside every baseline and ceiling published with the same files.
// Holds: `sitebus fuse`'s own code on the shipped policy; judged by the shared scorer; without the shared data it says so
// loudly and measures nothing. Flags: --json (one document), --frontier (each rule varied). Source: test/README.md#evaluation

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NO_COMMON_VALUES, fuseFile, loadListsForFile, type CommonValues } from '@sitebus/fusion';
import { loadPolicy, type Policy } from '@sitebus/sdk';
import { sharedData } from '../support/shared-data.ts';
import { VARIATIONS } from './frontier.ts';
import { coordinationGoals, linkingGoals, type Goal } from './goals.ts';
import { LABELS, loadJudge, meanOf, type ByLabel, type Judge, type Label, type Scored } from './shared-judge.ts';

const DEALT = ['p2-dev-7', 'p2-dev-8', 'p2-dev-9'] as const;
const WHOLE = 'p1-dev';
const POLICY_DIR = resolve(import.meta.dirname, '..', '..', 'schemas', 'policy');

const { values: flags } = parseArgs({ options: { json: { type: 'boolean' }, frontier: { type: 'boolean' } } });
const evaluation = sharedData('data/eval');
if (evaluation === undefined) process.stderr.write('eval: nothing was measured\n');
else await evaluate(evaluation);

/** Our scores: file → label → scores. */
type Scores = ReadonlyMap<string, ByLabel>;

async function evaluate(dir: string): Promise<void> {
  const judge = await loadJudge(dir);
  const policy = await loadPolicy(POLICY_DIR);
  const shipped = await loadListsForFile(POLICY_DIR, undefined);
  const published = join(dir, '..', 'warninglists');
  const out = await mkdtemp(join(tmpdir(), 'eval-'));
  try {
    const run = (using: Policy, lists: CommonValues) => scoresOf(judge, dir, out, using, lists);
    const ours = await run(policy, shipped);
    const withPublished = existsSync(published)
      ? await run(policy, await loadListsForFile(POLICY_DIR, published))
      : undefined;
    const coordination = await fuse(dir, out, 'coord-dev', policy, shipped);
    const goals = [
      ...linkingGoals(dealtMean(ours, 'campaign'), ours.get(WHOLE)!.campaign),
      ...coordinationGoals(coordination.shares),
    ];
    const variations = flags.frontier ? await vary(policy, shipped, run) : [];
    const report = { judge, ours, withPublished, goals, variations };
    process.stdout.write(flags.json ? `${JSON.stringify(asJson(report))}\n` : asText(report));
    if (!goals.every(({ isMet }) => isMet)) process.exitCode = 1;
  } finally {
    await rm(out, { recursive: true });
  }
}

async function scoresOf(judge: Judge, dir: string, out: string, policy: Policy, lists: CommonValues): Promise<Scores> {
  const scores = new Map<string, ByLabel>();
  for (const name of [...DEALT, WHOLE]) {
    await fuse(dir, out, name, policy, lists);
    scores.set(name, await judge.score(join(dir, `${name}.jsonl`), join(out, `${name}.jsonl`)));
  }
  return scores;
}

function fuse(dir: string, out: string, name: string, policy: Policy, commonValues: CommonValues) {
  const output = join(out, `${name}.jsonl`);
  const input = join(dir, `${name}.jsonl`);
  return fuseFile({ input, output, refused: `${output}.refused`, policy, commonValues }, () => undefined);
}

async function vary(
  policy: Policy,
  shipped: CommonValues,
  run: (policy: Policy, lists: CommonValues) => Promise<Scores>,
) {
  const varied: (readonly [name: string, scores: Scores])[] = [];
  for (const { name, detection, withoutLists } of VARIATIONS) {
    const using = { ...policy, detection: { ...policy.detection, ...detection(policy.detection) } };
    varied.push([name, await run(using, withoutLists ? NO_COMMON_VALUES : shipped)]);
  }
  return varied;
}

function dealtMean(scores: Scores, label: Label): Scored {
  return meanOf(DEALT.map((name) => scores.get(name)![label]));
}

interface Report {
  readonly judge: Judge;
  readonly ours: Scores;
  readonly withPublished: Scores | undefined;
  readonly goals: readonly Goal[];
  readonly variations: readonly (readonly [name: string, scores: Scores])[];
}

function asText({ judge, ours, withPublished, goals, variations }: Report): string {
  const tables = LABELS.flatMap((label) => [
    table(`shard and recover, mean of three deals, label ${label}`, [
      ...Object.entries(judge.baselines('p2Mean', label)),
      ...mine(ours, withPublished, (scores) => dealtMean(scores, label)),
    ]),
    ...[...DEALT, WHOLE].map((name) =>
      table(`${name === WHOLE ? 'whole reports' : name}, label ${label}`, [
        ...Object.entries(judge.baselines(name, label)),
        ...mine(ours, withPublished, (scores) => scores.get(name)![label]),
      ]),
    ),
  ]);
  const frontier =
    variations.length === 0
      ? []
      : [
          table(
            'shard and recover, one rule varied',
            rows(variations, (scores) => dealtMean(scores, 'campaign')),
          ),
          table(
            'whole reports, one rule varied',
            rows(variations, (scores) => scores.get(WHOLE)!.campaign),
          ),
        ];
  const met = goals.map(
    ({ name, wanted, measured, isMet }) =>
      `${isMet ? 'met    ' : 'MISSED '} ${name}: ${figure(measured)} (${figure(wanted)})`,
  );
  return [...tables, ...frontier, met.join('\n'), ''].join('\n\n');
}

function mine(ours: Scores, withPublished: Scores | undefined, of: (scores: Scores) => Scored) {
  return [
    ['fusion, as shipped', of(ours)] as const,
    ...(withPublished === undefined ? [] : [['fusion, with published lists', of(withPublished)] as const]),
  ];
}

function rows(variations: Report['variations'], of: (scores: Scores) => Scored) {
  return variations.map(([name, scores]) => [name, of(scores)] as const);
}

function table(title: string, entries: readonly (readonly [name: string, scored: Scored])[]): string {
  const lines = entries.map(([name, { b3, pairwise, largestCluster }]) =>
    [
      name.padEnd(44),
      ...[b3.p, b3.r, b3.f1, pairwise.p, pairwise.r, pairwise.f1].map((value) => value.toFixed(3)),
      largestCluster.toFixed(0),
    ].join('  '),
  );
  const head = `${''.padEnd(44)}  B³ P   B³ R   B³ F1  pr P   pr R   pr F1  largest`;
  return [title, head, ...lines].join('\n');
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

function asJson({ judge, ours, withPublished, goals, variations }: Report) {
  const byFile = (scores: Scores) => ({
    ...Object.fromEntries(scores),
    p2Mean: { campaign: dealtMean(scores, 'campaign'), actor: dealtMean(scores, 'actor') },
  });
  return {
    shipped: byFile(ours),
    ...(withPublished !== undefined && { withPublishedLists: byFile(withPublished) }),
    baselines: Object.fromEntries(
      ['p2Mean', ...DEALT, WHOLE].map((of) => [
        of,
        { campaign: judge.baselines(of, 'campaign'), actor: judge.baselines(of, 'actor') },
      ]),
    ),
    variations: Object.fromEntries(variations.map(([name, scores]) => [name, byFile(scores)])),
    goals,
  };
}
