// What agencies publish in a simulation, and the closure that must come of it, worked out without the engine.
// Holds: whoever has company or is severe must be live, a mild report alone only where its id was issued before; a value is shared by few records, so that no hub and no unstated copy decides; every id is used once.

import type { OutgoingRecord } from '@sitebus/sdk';
import { v5 as uuidV5 } from 'uuid';
import { aRecord, idOf, type Said, type Shipped } from './lane.ts';
import type { Random } from './seeded-random.ts';
import { liveGroups, type Written } from './written.ts';

const AGENCIES = ['cse', 'gac', 'rcmp', 'elections'];
const DOMAINS = Array.from({ length: 9 }, (_, n) => `site-${n}.example`);
/** Well below the hub cap of policy. */
const MOST_WITH_ONE_VALUE = 6;
/** By the impacts of policy: the first is an assessment wherever it stands, the second only in company. */
const [SEVERE, MILD] = ['PHISHING', 'OTHER'];

/** One report, and the record that carries it. */
export interface SimulatedReport {
  readonly id: string;
  readonly said: Said & { readonly agency: string; readonly domains: readonly string[] };
  readonly record: OutgoingRecord;
}

/** So many reports of four agencies; some recall or supersede an earlier one of the same agency. */
export function someReports(shipped: Shipped, random: Random, count: number): SimulatedReport[] {
  const used = new Map<string, number>();
  const reports: SimulatedReport[] = [];
  for (let n = 1; n <= count; n += 1) {
    const free = DOMAINS.filter((each) => (used.get(each) ?? 0) < MOST_WITH_ONE_VALUE);
    const domains = free.filter(() => random.chance(0.2)).slice(0, 2);
    for (const each of domains) used.set(each, (used.get(each) ?? 0) + 1);
    const agency = random.pick(AGENCIES);
    const earlier = reports.filter(({ said }) => said.agency === agency).map(({ id }) => id);
    const names = earlier.length > 0 && random.chance(0.2) ? random.pick(earlier) : undefined;
    const reference = names === undefined ? {} : random.chance(0.6) ? { recalls: names } : { supersedes: names };
    const own = domains.length > 0 ? domains : [`lone-${n}.example`];
    const category = random.chance(0.6) ? SEVERE : MILD;
    const said = { agency, domains: own, token: `token-${n}`, category, ...reference };
    reports.push({ id: idOf(n), said, record: aRecord(shipped, n, said) });
  }
  return reports;
}

/** What of the groups that are live is not as it must be, one sentence each. `namespace`: of the view; `cap` as in `closureOf`. */
export function liveFaults(
  reports: readonly SimulatedReport[],
  written: Written,
  namespace: string,
  cap = Infinity,
): string[] {
  const assessmentIdOf = ({ id, said }: SimulatedReport) => uuidV5(`${said.agency}/partner/${id}`, namespace);
  const byId = new Map(reports.map((report) => [report.id, report]));
  const issued = new Set(written.assessments.map(({ id }) => id));
  const expected = closureOf(reports, cap).filter(([first, ...others]) => {
    const report = byId.get(first!)!;
    return others.length > 0 || report.said.category === SEVERE || issued.has(assessmentIdOf(report));
  });
  const [found, wanted] = [liveGroups(written), expected].map((groups) => JSON.stringify(groups));
  return [...(found === wanted ? [] : [`live: ${found}, expected: ${wanted}`]), ...begunForNothing(byId, written)];
}

/** A mild report alone begins no id, but where another that was issued leads to it. */
function begunForNothing(byId: ReadonlyMap<string, SimulatedReport>, { assessments }: Written): string[] {
  const ledTo = new Set(assessments.map(({ redirectTo }) => redirectTo));
  return assessments
    .filter(({ version, members }) => version === 1 && members.length === 1)
    .filter(({ id, members }) => byId.get(members[0]!.id)?.said.category === MILD && !ledTo.has(id))
    .map(({ id }) => `${id} began with one mild report`);
}

/** The groups of ids that share values which at most `cap` of them have, each sorted; sorted. */
export function closureOf(reports: readonly SimulatedReport[], cap = Infinity): string[][] {
  const named = (by: 'recalls' | 'supersedes', id: string) => reports.filter(({ said }) => said[by] === id);
  const isRecalled = (id: string): boolean => named('recalls', id).length > 0;
  const isSuperseded = (id: string): boolean => named('supersedes', id).some((by) => !isRecalled(by.id));
  const groups: { ids: string[]; domains: Set<string> }[] = [];
  const live = reports.filter(({ id }) => !isRecalled(id) && !isSuperseded(id));
  const isHub = (domain: string) => live.filter(({ said }) => said.domains.includes(domain)).length > cap;
  for (const { id, said } of live) {
    const linking = said.domains.filter((domain) => !isHub(domain));
    const touched = groups.filter(({ domains }) => linking.some((domain) => domains.has(domain)));
    for (const each of touched) groups.splice(groups.indexOf(each), 1);
    groups.push({
      ids: [id, ...touched.flatMap(({ ids }) => ids)],
      domains: new Set([...linking, ...touched.flatMap(({ domains }) => [...domains])]),
    });
  }
  return groups.map(({ ids }) => ids.sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
