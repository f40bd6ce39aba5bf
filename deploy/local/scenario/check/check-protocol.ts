// Checks 8 to 12: what people did, what was recorded of it, and what reached whom.

import type { CaseEvent } from '@sitebus/sdk';
import { evolveCase, NO_CASE, type Case } from '../../../../services/protocol/src/cases/case.ts';
import { follows, type ChainEnd, type Frame } from '../../../../services/protocol/src/machine.ts';
import { ACTS } from '../acts/index.ts';
import { STAFF } from '../acts/protection.ts';
import type { Checking } from './checks.ts';
import { D0_MS, playInMemory, type PlayedInMemory } from './in-memory.ts';
import { CASE_STATES, RECEIPTS, type CaseName } from './ground-truth-people.ts';

const ANNOUNCED_AT = new Date(D0_MS - 4 * 86_400_000 + 12 * 3_600_000).toISOString();
const CASES = Object.keys(CASE_STATES) as CaseName[];
const VIEW_OF: Readonly<Record<CaseName, string>> = { case1: 's-can', case2: 'pb-can', case3: 'ts-can' };

/** Check 8. */
export async function caseFaults(checking: Checking): Promise<readonly string[]> {
  const { played } = checking;
  const acts = played.done.flatMap(({ act, fault }) => (fault === undefined ? [] : [`${act.at} ${act.id} ${fault}`]));
  const undone = played.done.length === ACTS.length ? [] : ['not every act was done'];
  const faults = [...acts, ...undone, ...chainFaults(checking)];
  for (const name of CASES) {
    const events = eventsOf(checking, name);
    const states = events.map(({ to }) => to).filter((to, at, all) => to !== all[at - 1]);
    if (states.join(' ') !== CASE_STATES[name].join(' ')) faults.push(`${name} went through ${states.join(' ')}`);
    faults.push(...ruleFaults(events).map((fault) => `${name}: ${fault}`), ...(await readingFaults(checking, name, events))); // prettier-ignore
  }
  if (!CASES.some((name) => eventsOf(checking, name).some(({ kind }) => kind === 'agency-acted'))) faults.push('C7: no agency acted'); // prettier-ignore
  return faults;
}

/** C8: every strand of every matter follows from its first event. */
function chainFaults({ parts, played }: Checking): readonly string[] {
  const ends = new Map<string, ChainEnd<string>>();
  const states = new Map<string, string>();
  const faults: string[] = [];
  for (const { topic, value } of played.bus.records()) {
    if (!topic.startsWith('case.') || value === null) continue;
    const { value: event } = parts.codec.decode(value) as { readonly value: Frame<string> & { readonly strand?: string } }; // prettier-ignore
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
async function readingFaults({ played }: Checking, name: CaseName, events: readonly CaseEvent[]): Promise<readonly string[]> {
  const path = `/v1/cases/${played.kept.get(name) ?? ''}`;
  const view = VIEW_OF[name];
  const faults: string[] = [];
  const moments = [...new Set(events.map(({ at }) => at))];
  await played.offices?.beat();
  for (const at of moments) {
    const folded = events.filter((event) => event.at <= at).reduce<Case>((state, event) => evolveCase(state, event), NO_CASE);
    const shown = await played.offices?.ask({ by: 'marguerite-thorne', view, method: 'GET', path: `${path}?asOf=${new Date(at).toISOString()}` });
    const { state, evidenceHash } = (shown?.body ?? {}) as { readonly state?: string; readonly evidenceHash?: string };
    if (state !== folded.state || evidenceHash !== folded.evidenceHash) faults.push(`C10: ${name} as of ${new Date(at).toISOString()} is ${state ?? 'not there'}`);
  }
  for (const [by, own] of [['renske-aalbers', view], ['ayo-kirkwood', view], ['maren-oakhollow', 'partner'], ['anyone', 'public']] as const) {
    const answer = await played.offices?.ask({ by, view: own, method: 'GET', path });
    if (answer === undefined || answer.status < 400) faults.push(`C9: ${by} reads ${name}`);
  }
  return moments.length === 0 ? [`nothing was recorded of ${name}`] : faults;
} // prettier-ignore

/** Check 9: the same case, where nobody who is told ever says or opens anything. */
export async function unmovedFaults({ parts, played, announced }: Checking): Promise<readonly string[]> {
  const views = ['public', 's-can', 'ts-can'];
  const acts = ACTS.filter(({ id, isOfRecipient }) => /^(writ|case3)\./.test(id) && isOfRecipient !== true);
  const silent = await playInMemory({ ...parts, views, acts, keep: ({ row }) => row.startsWith('1.') });
  try {
    const undone = silent.done.filter(({ fault }) => fault !== undefined).map(({ act, fault }) => `${act.id} ${fault ?? ''}`); // prettier-ignore
    const without = announcedAt(silent, parts.codec);
    const isAsked = played.done.some(({ act }) => act.isOfRecipient === true);
    return [
      ...undone,
      ...(isAsked ? [] : ['nobody who was told did anything in the first play']),
      ...(announced === ANNOUNCED_AT ? [] : [`announced at ${announced ?? 'no time'}, not ${ANNOUNCED_AT}`]),
      ...(without === announced ? [] : [`without their events announced at ${without ?? 'no time'}`]),
    ];
  } finally {
    await silent.stop();
  }
}

/** Check 10. */
export async function receiptFaults({ played }: Checking): Promise<readonly string[]> {
  await played.offices?.beat();
  const faults: string[] = [];
  for (const { view, product, from, version, persons } of RECEIPTS) {
    const answer = await played.offices?.ask({ by: 'samir-vasquez', view, method: 'GET', path: '/v1/receipts?limit=200' });
    const rows = ((answer?.body as { readonly items?: readonly ReceiptRow[] } | undefined)?.items ?? []).filter(
      (row) => row.product.version === version && row.from === from && (product === undefined || row.product.id === played.kept.get(product)),
    );
    for (const [person, wanted] of Object.entries(persons)) {
      const found = rows.filter((row) => row.person === person && (product !== undefined || row.precedence === 'FLASH'));
      const said = found.map(({ status, isOverdue, isEscalated }) => [status, ...(isOverdue === true ? ['OVERDUE'] : []), ...(isEscalated === true ? ['ESCALATED'] : [])].join(' '));
      if (said.join('; ') !== wanted) faults.push(`${product ?? 'the brief'} ${version} is ${said.join('; ') || 'nothing'} with ${person}, not ${wanted}`);
    }
  }
  return faults;
} // prettier-ignore

/** Check 11. */
export async function noticeFaults({ parts, played }: Checking): Promise<readonly string[]> {
  const answer = await played.offices?.ask({ view: 'public', method: 'GET', path: '/v1/notices' });
  const notices = (answer?.body as { readonly items?: readonly Notice[] } | undefined)?.items ?? [];
  const n1 = notices.find(({ kind }) => kind === 'BELOW_THRESHOLD');
  const n2 = notices.find(({ kind }) => kind === 'ANNOUNCEMENT');
  const { en, fr } = parts.policy.panel.belowThresholdStatement;
  const named = CASES.flatMap((name) => ((answer?.text ?? '').includes(played.kept.get(name) ?? '?') ? [`a notice names ${name}`] : [])); // prettier-ignore
  return [
    ...named,
    ...(notices.length === 2 ? [] : [`there are ${notices.length} notices`]),
    ...(n1?.en.known.includes(en) === true && n1.fr.known.includes(fr) ? [] : ['N1 does not say that the threshold was not met']), // prettier-ignore
    ...(n2?.version === 2 && n2.corrections.length === 1 ? [] : ['N2 is not its second version, with one correction']),
    ...(n2 !== undefined && n2.corrections[0]?.fr.known !== n2.fr.known && n2.corrections[0]?.en.known === n2.en.known ? [] : ['the correction of N2 is not of its French text alone']), // prettier-ignore
  ];
}

/** Check 12. */
export function staffFaults({ played }: Checking): readonly string[] {
  return STAFF.flatMap(({ person, consents }) => {
    const answer = played.done.find(({ act }) => act.id === `enrol.reads.${person}`)?.answer;
    const told = (answer?.body as { readonly items?: readonly unknown[] } | undefined)?.items?.length;
    return told === (consents ? 1 : 0) ? [] : [`${person} was told ${told ?? 'nothing is known of'} times`];
  });
}

interface ReceiptRow {
  readonly product: { readonly id: string; readonly version: number };
  readonly person: string;
  readonly status: string;
  readonly from: string;
  readonly precedence: string;
  readonly isOverdue?: boolean;
  readonly isEscalated?: boolean;
}

interface Text {
  readonly known: string;
}

interface Notice {
  readonly kind: string;
  readonly version: number;
  readonly en: Text;
  readonly fr: Text;
  readonly corrections: readonly { readonly en: Text; readonly fr: Text }[];
}

/** A case's events in the order in which they were recorded. */
function eventsOf({ parts, played }: Pick<Checking, 'parts' | 'played'>, name: CaseName): readonly CaseEvent[] {
  return played.bus.records(`case.${VIEW_OF[name]}`).flatMap(({ value }) => {
    const { subject, value: event } = parts.codec.decode(value!) as { readonly subject: string; readonly value: CaseEvent }; // prettier-ignore
    return subject.endsWith('.CaseEvent') && event.id === played.kept.get(name) ? [event] : [];
  });
}

/** When case 3 said that the public is told. */
export function announcedAt(played: PlayedInMemory, codec: Checking['parts']['codec']): string | undefined {
  for (const { value } of played.bus.records('case.ts-can')) {
    const { value: event } = codec.decode(value!) as { readonly value: { readonly kind: string; readonly at: number } };
    if (event.kind === 'announced') return new Date(event.at).toISOString();
  }
  return undefined;
}
