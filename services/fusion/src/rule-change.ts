// What a change of rules, policy, lists, schemas or engine makes of what was published before it.
// Holds: records, and what links them, come from the replay under the new rules; what is issued comes from what was
// committed under the old; the difference is published as new versions, redirects and closures. Every id that was ever
// issued still resolves. One alert stands for all. Source: README.md#changed-rules

import { fromWire, toWire, type Alert, type Assessment } from '@sitebus/sdk';
import { joinAll } from '@sitebus/marking';
import { v5 as uuidV5 } from 'uuid';
import { ackDeadlineOf, isWorthRinging, precedenceOf, type RingRules } from './engine/publishing/alert.ts';
import type { Departed } from './engine/records/departed.ts';
import { imageOf, restore, type Image, type ImageIssued, type ImageRecord } from './engine/image.ts';
import type { Shown } from './engine/publishing/issued.ts';
import { LIVE_ID } from './engine/publishing/issued.ts';
import { Outbox } from './engine/publishing/outbox.ts';
import { byIdAndVersion, type Product } from './engine/publishing/product.ts';
import { publish } from './engine/publishing/publish.ts';
import { ATTACHED, LIVE, compareText } from './engine/records/records.ts';
import type { EngineState } from './engine/state.ts';
import { toChanges, type Changes } from './engine/step.ts';

const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'];
const DAY_MS = 86_400_000;

/** The newest committed version of every id. */
export type Newest = ReadonlyMap<string, Assessment>;

/**
 * Publishes what the state's records come to beside what was published. The state given must not be used again.
 * Cost: linking all records once more, and building every assessment.
 */
export function changeRules(given: EngineState, newest: Newest, now: number): { state: EngineState; changes: Changes } {
  const state = restore(imageAs(given, newest, now), given.view, given.rules);
  const live: number[] = [];
  const removed: number[] = [];
  for (let record = 1; record <= state.records.count; record += 1)
    if (!state.records.is(record, LIVE)) removed.push(record);
    else if (!state.records.is(record, ATTACHED)) live.push(record);
  const { products } = publish(state, new Set(live), removed, now);
  const all = [...products, ...closeWhatIsLeft(state, live, now)].sort(byIdAndVersion);
  const { assessments } = toChanges({ products: all, alerts: [] });
  showAsPublished(state, assessments);
  return { state, changes: toChanges({ products: all, alerts: folded(state, assessments, newest, now) }) };
}

/** The state's own records, with what was committed in the place of what it would have issued. */
function imageAs(state: EngineState, newest: Newest, now: number): Image {
  const image = imageOf(state);
  const published = [...newest.values()].sort((a, b) => compareText(a.id, b.id));
  const numbers = new Map(published.map(({ id }, place) => [id, place + 1]));
  const issued = published.map((each, place) => toIssued(state.rules, each, place + 1, numbers));
  const owners = ownersOf(published, numbers);
  const named = new Set<number>();
  const records: ImageRecord[] = [];
  for (const each of image.records) {
    const { agency, cell, id } = each.observation;
    const entry = numbers.get(uuidV5(Buffer.from(`${agency}/${cell}/${id}`), state.namespace)) ?? 0;
    named.add(entry);
    records.push({ ...each, entry, owner: owners.get(`${agency}/${id}`) ?? 0 });
  }
  const day = Math.floor(now / DAY_MS);
  const departed = issued.filter(({ number }) => !named.has(number)).map((each) => toDeparted(each, day));
  return { head: image.head, issued, departed, records };
}

/** What was shown of an id is what was published: the one alert rings for all of it. */
function toIssued(
  rules: RingRules,
  published: Assessment,
  number: number,
  numbers: ReadonlyMap<string, number>,
): ImageIssued {
  const { id, status, version, contentHash, redirectTo, splitFrom } = published;
  const shown = shownOf(published);
  return {
    number,
    id,
    status,
    version,
    contentHash,
    redirectTo: numbers.get(redirectTo ?? '') ?? 0,
    splitFrom,
    band: published.likelihood.band,
    confidence: CONFIDENCES.indexOf(published.confidence),
    alerted: status === 'LIVE' && isWorthRinging(rules, published.members.length, shown),
    shown: status === 'LIVE' ? shown : NOTHING_SHOWN,
    marking: fromWire(published.marking),
  };
}

const NOTHING_SHOWN: Shown = { band: 0, confidence: 0, severity: 0, dissentKey: '' };

function shownOf({ likelihood, confidence, severity, dissents, positions }: Assessment): Shown {
  const stated = positions.filter(({ stance }) => stance === 'DISSENT').map(({ agency }) => agency);
  return {
    band: likelihood.band,
    confidence: CONFIDENCES.indexOf(confidence),
    severity: severity.score,
    dissentKey: [...dissents.map(({ a, b }) => `${a}/${b}`), ...stated].join(' '),
  };
}

/**
 * `agency/id` of a member → number of the live id it was published under. An agency that has one id in two cells has one
 * owner for both: the lesser assessment id.
 */
function ownersOf(published: readonly Assessment[], numbers: ReadonlyMap<string, number>): Map<string, number> {
  const owners = new Map<string, number>();
  for (const { id, status, members } of published)
    if (status === 'LIVE')
      for (const member of members) {
        const name = `${member.agency}/${member.id}`;
        if (!owners.has(name)) owners.set(name, numbers.get(id)!);
      }
  return owners;
}

/** An id whose record these rules, or the years, have taken away. */
function toDeparted({ id, number }: ImageIssued, day: number): Departed {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return { high: bytes.readInt32BE(0), low: bytes.readInt32BE(12), value: -number, day };
}

/** Live ids of which no record is left at all: nothing leads to them from any component. */
function closeWhatIsLeft(state: EngineState, live: readonly number[], now: number): readonly Product[] {
  const { issued } = state;
  const held = new Set(live.map((record) => issued.owner[record]!));
  const out = new Outbox(state, now);
  for (const entry of issued.entries())
    if (issued.status[entry] === LIVE_ID && !held.has(entry)) out.close(entry, false);
  return out.changes().products;
}

function showAsPublished({ issued, rules }: EngineState, changed: readonly Assessment[]): void {
  const byId = new Map(changed.filter(({ status }) => status === 'LIVE').map((each) => [each.id, each]));
  if (byId.size === 0) return;
  for (const entry of issued.entries()) {
    const published = byId.get(issued.idOf(entry));
    if (published === undefined) continue;
    const shown = shownOf(published);
    issued.setShown(entry, shown);
    issued.alerted[entry] = isWorthRinging(rules, published.members.length, shown) ? 1 : 0;
  }
}

/**
 * One alert for everything that changed: it names the most severe of it (the least id where several are), carries the join
 * of all their markings, and is for every agency with a member in any. None where nothing changed.
 */
function folded(
  { view, namespace }: EngineState,
  changed: readonly Assessment[],
  before: Newest,
  now: number,
): Alert[] {
  const severityOf = ({ id, severity }: Assessment) => Math.max(severity.score, before.get(id)?.severity.score ?? 0);
  const worst = changed.reduce<Assessment | undefined>(
    (a, b) => (a === undefined || severityOf(b) > severityOf(a) ? b : a),
    undefined,
  );
  if (worst === undefined) return [];
  const { id, version } = worst;
  const precedence = precedenceOf(severityOf(worst));
  const agencies = changed.flatMap((each) =>
    [...each.members, ...(before.get(each.id)?.members ?? [])].map(({ agency }) => agency),
  );
  return [
    {
      id: uuidV5(`${id}/${version}/RULE_CHANGE`, namespace),
      view: view.id,
      assessmentId: id,
      version,
      reason: 'RULE_CHANGE',
      at: now,
      precedence,
      ackDeadline: ackDeadlineOf(precedence, now),
      audience: [...new Set(agencies)].sort(compareText),
      marking: toWire(joinAll(changed.map(({ marking }) => fromWire(marking)))),
    },
  ];
}
