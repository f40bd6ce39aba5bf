// What a run of fusion on a file says to people: counts, groups or rows, quality, speed.
// Holds: pure; every number that the file of results does not show stands here.

import type { Agreement, FuseSummary } from './fusion-process.ts';

/** The lines, for stdout. */
export function summaryLines(summary: FuseSummary, output: string): string[] {
  const { lines, accepted, refused, quality } = summary;
  return [
    `${count(lines)} lines = ${count(accepted)} accepted + ${count(refused)} refused`,
    ...(summary.shares.length > 0 ? shareLines(summary) : groupLines(summary)),
    ...(quality === undefined ? [] : qualityLines(quality)),
    `results: ${output}`,
    speedLine(summary),
    `rules ${summary.ruleVersion} · policy ${summary.policyVersion} · lists ${summary.commonValuesVersion.slice(0, 12)} · view ${summary.view}`,
  ];
}

/** How a number is printed: 12,345. */
export const count = (value: number): string => value.toLocaleString('en-CA');

function groupLines({ assessments, largest, values }: FuseSummary): string[] {
  return [
    `values: ${count(values.linking)} can link · ${count(values.common)} common · ${count(values.leftOut)} left out`,
    `${count(assessments)} assessments, the largest of ${count(largest)} observations`,
  ];
}

function shareLines({ shares }: FuseSummary): string[] {
  return shares.map(
    ({ kind, shares: given, rows, accountPairs }) =>
      `${kind}: ${count(rows)} rows of coordinated sharing between ${count(accountPairs)} pairs of accounts, in ${count(given)} shares`,
  );
}

function qualityLines({ bCubed, pairwise, largest, labels, unjudged }: NonNullable<FuseSummary['quality']>): string[] {
  const campaigns = largest.labels === 1 ? 'one campaign' : `${count(largest.labels)} campaigns`;
  return [
    `against the truth (${count(labels)} campaigns): B-cubed ${shown(bCubed)} · pairs ${shown(pairwise)}`,
    `the largest holds ${count(largest.size)} observations of ${campaigns}${unjudged === 0 ? '' : ` · ${count(unjudged)} not in the truth`}`,
  ];
}

const shown = ({ precision, recall, f1 }: Agreement): string =>
  `precision ${digits(precision)} recall ${digits(recall)} F1 ${digits(f1)}`;

const digits = (share: number): string => share.toFixed(3);

function speedLine({ elapsedMs, cpuMs, linesPerSecond, peakRssBytes }: FuseSummary): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  return `${count(linesPerSecond)} lines/s · ${seconds(elapsedMs)} s · processor ${seconds(cpuMs)} s · memory ${count(Math.round(peakRssBytes / 1_048_576))} MiB`;
}
