// The scorer that judges, and the figures it is read beside: both from the shared data, neither ours.
// Holds: a run of ours is scored by their code on the predictions file alone, as any other system's would be.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One scoring: precision, recall, F1. */
export interface Scored {
  readonly b3: Prf;
  readonly pairwise: Prf;
  readonly largestCluster: number;
}

export interface Prf {
  readonly p: number;
  readonly r: number;
  readonly f1: number;
}

/** What the truth groups by. */
export const LABELS = ['campaign', 'actor'] as const;
export type Label = (typeof LABELS)[number];

/** Scores by label. */
export type ByLabel = Readonly<Record<Label, Scored>>;

/** Judges predictions, and knows the published baselines. */
export interface Judge {
  score(truthFile: string, predictionsFile: string): Promise<ByLabel>;
  /** Method → scores, for a file or for `p2Mean`. */
  baselines(of: string, label: Label): Readonly<Record<string, Scored>>;
}

interface Row {
  readonly obsId: string;
  readonly campaign: string;
}

interface Scorer {
  readonly readJsonl: (text: string) => readonly Row[];
  readonly score: (
    truth: readonly Row[],
    predictions: readonly Row[],
    labelOf: (row: Row) => string,
  ) => { readonly b3: Prf; readonly pairwise: Prf; readonly largestCluster: { readonly size: number } };
}

type Baselines = Readonly<Record<string, Readonly<Record<Label, Readonly<Record<string, BaselineScore>>>>>>;
interface BaselineScore {
  readonly b3: Prf;
  readonly pairwise: Prf;
  readonly largestCluster: number | { readonly size: number };
}

/** Loads scorer, campaigns and baselines from the folder of the evaluation. */
export async function loadJudge(dir: string): Promise<Judge> {
  const { readJsonl, score } = (await import(pathToFileURL(join(dir, 'score.mjs')).href)) as Scorer;
  const campaigns = (await readJson(join(dir, 'campaigns-dev.json'))) as Record<string, { readonly actor: string }>;
  const { p2Mean, files } = (await readJson(join(dir, 'baselines-dev.json'))) as {
    readonly p2Mean: Baselines[string];
    readonly files: Baselines;
  };
  const labelOf: Readonly<Record<Label, (row: Row) => string>> = {
    campaign: ({ campaign }) => campaign,
    actor: ({ campaign }) => campaigns[campaign]!.actor,
  };
  return {
    async score(truthFile, predictionsFile) {
      const [truth, predictions] = await Promise.all(
        [truthFile, predictionsFile].map(async (file) => readJsonl(await readFile(file, 'utf8'))),
      );
      const judged = (label: Label) => toScored(score(truth!, predictions!, labelOf[label]));
      return { campaign: judged('campaign'), actor: judged('actor') };
    },
    baselines(of, label) {
      const known = of === 'p2Mean' ? p2Mean[label] : files[of]![label];
      return Object.fromEntries(Object.entries(known).map(([method, scored]) => [method, toScored(scored)]));
    },
  };
}

/** The mean of several scorings, figure by figure. */
export function meanOf(scores: readonly Scored[]): Scored {
  const mean = (of: (scored: Scored) => number) => scores.reduce((sum, each) => sum + of(each), 0) / scores.length;
  const prf = (of: (scored: Scored) => Prf): Prf => ({
    p: mean((scored) => of(scored).p),
    r: mean((scored) => of(scored).r),
    f1: mean((scored) => of(scored).f1),
  });
  return {
    b3: prf(({ b3 }) => b3),
    pairwise: prf(({ pairwise }) => pairwise),
    largestCluster: mean(({ largestCluster }) => largestCluster),
  };
}

function toScored({ b3, pairwise, largestCluster }: BaselineScore): Scored {
  return {
    b3,
    pairwise,
    largestCluster: typeof largestCluster === 'number' ? largestCluster : largestCluster.size,
  };
}

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
