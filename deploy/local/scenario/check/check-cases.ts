// Check 8: what people did is answered as it must be, and the rules of cases (C1 to C10) hold over what was recorded of them.
// Holds: judged are the events themselves, and what was shown of them at each of their moments.

import type { CaseEvent } from '@sitebus/sdk';
import { evolveCase, NO_CASE, type Case } from '../../../../services/protocol/src/cases/case.ts';
import { follows, type ChainEnd, type Frame } from '../../../../services/protocol/src/machine.ts';
import { ACTS } from '../acts/index.ts';
import type { Run } from './checks.ts';
import { CASE_STATES, type CaseName } from './ground-truth-people.ts';

const CASES = Object.keys(CASE_STATES) as CaseName[];
/** The view in which a case is. */
export const VIEW_OF: Readonly<Record<CaseName, string>> = Object.freeze({
  case1: 's-can',
  case2: 'pb-can',
  case3: 'ts-can',
});
const OUTSIDERS: readonly (readonly [string, string | undefined])[] = [
  ['renske-aalbers', undefined],
  ['ayo-kirkwood', undefined],
  ['maren-oakhollow', 'partner'],
  ['anyone', 'public'],
];

type Event = Frame<string> & { readonly strand?: string };

/** What is recorded of cases. */
export interface CasesRecord {
  /** Acts that were not answered as they say, and how many were done at all. */
  readonly faults: readonly string[];
  readonly done: number;
  /** Every event of every matter, by topic, in the order of the bus. */
  readonly events: readonly { readonly topic: string; readonly event: Event }[];
  readonly cases: Readonly<Record<CaseName, RecordedCase>>;
}

interface RecordedCase {
  readonly events: readonly CaseEvent[];
  /** What a seat was shown as of each moment at which something happened. */
  readonly shown: readonly {
    readonly at: number;
    readonly state: string | null;
    readonly evidenceHash: string | null;
  }[];
  /** What people outside are answered with. */
  readonly outsiders: readonly { readonly by: string; readonly status: number }[];
}

/** Of the play with people. */
export async function recordCases(run: Run): Promise<CasesRecord> {
  const { parts, played } = run;
  const events = played.bus.records().flatMap(({ topic, value }) =>
    topic.startsWith('case.') && value !== null ? [{ topic, event: parts.codec.decode(value).value as Event }] : [],
  );
  await played.offices?.beat();
  const cases = {} as Record<CaseName, RecordedCase>;
  for (const name of CASES) cases[name] = await recordCase(run, name);
  return {
    faults: played.done.flatMap(({ act, fault }) => (fault === undefined ? [] : [`${act.at} ${act.id} ${fault}`])),
    done: played.done.length,
    events,
    cases,
  };
} // prettier-ignore

async function recordCase({ parts, played }: Run, name: CaseName): Promise<RecordedCase> {
  const view = VIEW_OF[name];
  const id = played.kept.get(name) ?? '';
  const path = `/v1/cases/${id}`;
  const events = played.bus.records(`case.${view}`).flatMap(({ value }) => {
    const { subject, value: event } = parts.codec.decode(value!) as { readonly subject: string; readonly value: CaseEvent };
    return subject.endsWith('.CaseEvent') && event.id === id ? [event] : [];
  });
  const shown: RecordedCase['shown'][number][] = [];
  for (const at of new Set(events.map((event) => event.at))) {
    const asOf = `${path}?asOf=${new Date(at).toISOString()}`;
    const answer = await played.offices?.ask({ by: 'marguerite-thorne', view, method: 'GET', path: asOf });
    const { state = null, evidenceHash = null } = (answer?.body ?? {}) as { readonly state?: string; readonly evidenceHash?: string };
    shown.push({ at, state, evidenceHash });
  }
  const outsiders: RecordedCase['outsiders'][number][] = [];
  for (const [by, own = view] of OUTSIDERS)
    outsiders.push({ by, status: (await played.offices?.ask({ by, view: own, method: 'GET', path }))?.status ?? 0 });
  return { events, shown, outsiders };
} // prettier-ignore

/** Check 8. */
export function caseFaults({ faults, done, events, cases }: CasesRecord): readonly string[] {
  return [
    ...faults,
    ...(done === ACTS.length ? [] : ['not every act was done']),
    ...chainFaults(events),
    ...CASES.flatMap((name) => [
      ...stateFaults(name, cases[name]),
      ...ruleFaults(cases[name].events).map((fault) => `${name}: ${fault}`),
      ...readingFaults(name, cases[name]),
    ]),
    ...(CASES.some((name) => cases[name].events.some(({ kind }) => kind === 'agency-acted')) ? [] : ['C7: no agency acted']),
  ];
} // prettier-ignore

function stateFaults(name: CaseName, { events }: RecordedCase): readonly string[] {
  const states = events.map(({ to }) => to).filter((to, at, all) => to !== all[at - 1]);
  return states.join(' ') === CASE_STATES[name].join(' ') ? [] : [`${name} went through ${states.join(' ')}`];
}

/** C8: every strand of every matter follows from its first event. */
function chainFaults(events: CasesRecord['events']): readonly string[] {
  const ends = new Map<string, ChainEnd<string>>();
  const states = new Map<string, string>();
  const faults: string[] = [];
  for (const { topic, event } of events) {
    const matter = `${topic} ${event.id}`;
    const strand = `${matter} ${event.strand ?? ''}`;
    // The state is the matter's, whichever strand moved it; numbers and hashes are the strand's own.
    const { seq = 0, hash = '' } = ends.get(strand) ?? {};
    const to = states.get(matter);
    const isFirst = seq === 0 && to === undefined;
    if (!follows(event, isFirst ? undefined : { seq, hash, to: to ?? '' }))
      faults.push(`C8: ${strand} ${event.kind} ${event.seq} does not follow`);
    ends.set(strand, event);
    states.set(matter, event.to);
  }
  return ends.size === 0 ? ['C8: nothing was recorded'] : faults;
}

/** C1, C2, C4, C5 and C6 over one case's events. */
function ruleFaults(events: readonly CaseEvent[]): readonly string[] {
  const faults: string[] = [];
  let motion: CaseEvent['motion'] = null;
  let votes: NonNullable<CaseEvent['vote']>[] = [];
  let hash = '';
  for (const event of events) {
    const { kind, to, decision, notification, notice } = event;
    if (kind === 'proposed') [motion, votes] = [event.motion, []];
    if (kind === 'voted') {
      if (event.evidenceHash !== motion?.evidenceHash) faults.push('C2: a vote counts on other evidence');
      votes.push(event.vote!);
    }
    if (kind === 'decided' && decision?.outcome !== 'NO_CONSENSUS') {
      const agreeing = new Set(votes.filter((each) => each.vote === 'AGREE' && each.motionId === motion?.motionId).map(({ seat }) => seat)); // prettier-ignore
      if (agreeing.size !== 5) faults.push(`C1: ${decision?.outcome ?? ''} by ${agreeing.size}`);
      if (decision?.evidenceHash !== motion?.evidenceHash) faults.push('C2: decided on other evidence');
      hash = decision?.evidenceHash ?? '';
    }
    if (to === 'THRESHOLD_MET' && kind === 'decided' && event.periodState !== 'CARETAKER') faults.push('C6: met outside the caretaker period'); // prettier-ignore
    if (kind === 'announced' && (event.evidenceHash !== hash || hash === '')) faults.push('C1: announced on other evidence'); // prettier-ignore
    if (kind === 'notified') {
      const briefs = new Set(notification?.recipients.map(({ briefHash }) => briefHash));
      if (briefs.size !== 1) faults.push(`C4: ${briefs.size} briefs`);
    }
    if (notice !== null && (notice.en.steps.length !== notice.fr.steps.length || notice.fr.steps.length === 0)) faults.push('C5: the languages differ'); // prettier-ignore
  }
  return faults;
}

/** C9 and C10: what is shown is the fold of what was recorded until then, and nobody outside sees what was deliberated. */
function readingFaults(name: CaseName, { events, shown, outsiders }: RecordedCase): readonly string[] {
  const faults: string[] = [];
  for (const { at, state, evidenceHash } of shown) {
    const until = events.filter((event) => event.at <= at);
    const folded = until.reduce<Case>((so, event) => evolveCase(so, event), NO_CASE);
    if (state !== folded.state || evidenceHash !== folded.evidenceHash) faults.push(`C10: ${name} as of ${new Date(at).toISOString()} is ${state ?? 'not there'}`); // prettier-ignore
  }
  const readers = outsiders.filter(({ status }) => status < 400).map(({ by }) => `C9: ${by} reads ${name}`);
  return [...faults, ...readers, ...(shown.length === 0 || outsiders.length === 0 ? [`nothing was recorded of ${name}`] : [])]; // prettier-ignore
}
