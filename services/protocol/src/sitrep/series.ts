// A series of situation reports: one report after the other, each opened in every view that has reports, until somebody stops it
// or its election's period is closed.
// Holds: pure; every cut-off of the cadence since the series began has exactly one report, those that were missed included.
// Source: README.md#situation-reports

import { SITREP_SERIES_COMMANDS } from '@sitebus/kit';
import { toWire, type Cadence, type SitrepSeriesEvent } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import type { Refused } from '../errors.ts';
import { refuse, type Asking } from '../machine.ts';
import type { Command, Effect, Facts, Outcome, ProtocolMachine, Written } from '../protocol-machine.ts';
import { nextCutOff } from './cut-off.ts';
import { EMPTY_SITREP_SERIES, SITREP_SERIES_SUBJECT } from './empty-events.ts';
import { reportingViews, reportMarking, sitrepId } from './renditions.ts';

/** A series. */
export interface SitrepSeries {
  readonly state?: SitrepSeriesEvent['to'];
  readonly electionId: string;
  readonly cadence: string;
  /** Of the report that was opened last; 0 for none. */
  readonly number: number;
  /** When that one is cut off, UTC milliseconds. */
  readonly cutOffAt?: number;
  readonly openedAt: number;
  readonly reason?: string;
}

/** Namespace of the ids of series: an election has one of each cadence. */
const SERIES_NAMESPACE = '0d4c7b4e-6f1a-5c7e-9a38-52a7d1f0c9b6';

/** Before anything happened. */
export const NO_SERIES: SitrepSeries = Object.freeze({ electionId: '', cadence: '', number: 0, openedAt: 0 });

/** @returns the id of an election's series that begins with a cadence. */
export function seriesId(electionId: string, cadence: string): string {
  return uuidOf(`sitrep-series/${electionId}/${cadence}`, SERIES_NAMESPACE);
}

/** @returns what happens, and the reports that are opened. */
export function decideSeries(series: SitrepSeries, { name, args }: Command, by: Asking, facts: Facts): Outcome<SitrepSeriesEvent> | Refused {
  const possible = possibleForSeries(series);
  const isTimer = by.roles.includes('timer');
  if (!possible.includes(name) && !(name === 'next' && isTimer)) return refuse('ILLEGAL_TRANSITION', possible);
  if (!isTimer && !by.roles.some((role) => role === 'secretariat' || role === 'chair' || role === 'clerk')) return refuse('ROLE_NOT_ALLOWED', possible);
  switch (name) {
    case 'open': {
      const { electionId, cadence } = args as { readonly electionId: string; readonly cadence: string };
      const fault = unknownOf(electionId, cadence, facts);
      if (fault !== undefined) return { ...refuse('INVALID_DRAFT', possible), faults: [fault] };
      return { events: [written(facts, { kind: 'opened', to: 'RUNNING', electionId, cadence })] };
    }
    case 'stop':
      return { events: [written(facts, { kind: 'stopped', to: 'STOPPED', reason: (args as { reason: string }).reason })] };
    default:
      return next(series, facts);
  }
} // prettier-ignore

/** @returns the series with one event taken in. */
export function evolveSeries(series: SitrepSeries, event: SitrepSeriesEvent): SitrepSeries {
  const { to: state } = event;
  switch (event.kind) {
    case 'opened':
      return { ...series, state, electionId: event.electionId!, cadence: event.cadence!, openedAt: event.at };
    case 'numbered':
      return { ...series, state, number: event.number!, cutOffAt: event.cutOffAt! };
    default:
      return { ...series, state, reason: event.reason ?? '' };
  }
}

/** The next report is opened once the one before is cut off. */
export function dueForSeries(series: SitrepSeries, facts: Facts): readonly Command[] {
  if (series.state !== 'RUNNING') return [];
  if (isPeriodClosed(facts.everywhere('period'), series.electionId)) return [{ name: 'stop', args: { reason: 'the period of the election is closed' } }]; // prettier-ignore
  return series.cutOffAt === undefined || facts.now >= series.cutOffAt ? [{ name: 'next', args: {} }] : [];
}

/** The series as proceedings run it. */
export const SITREP_SERIES_MACHINE: ProtocolMachine<SitrepSeries, SitrepSeriesEvent> = {
  kind: 'sitrep-series',
  subject: SITREP_SERIES_SUBJECT,
  empty: EMPTY_SITREP_SERIES,
  start: NO_SERIES,
  commands: SITREP_SERIES_COMMANDS,
  openedAs: reportMarking,
  idOf: (args) => {
    const { electionId, cadence } = args as { readonly electionId?: unknown; readonly cadence?: unknown };
    return typeof electionId === 'string' && typeof cadence === 'string' ? seriesId(electionId, cadence) : undefined;
  },
  decide: decideSeries,
  evolve: evolveSeries,
  due: dueForSeries,
  shown: (series, { facts }) => ({
    marking: reportMarking(facts.policy),
    body: {
      state: series.state,
      electionId: series.electionId,
      cadence: series.cadence,
      number: series.number,
      ...(series.cutOffAt === undefined ? {} : { cutOff: new Date(series.cutOffAt).toISOString() }),
      ...(series.reason === undefined ? {} : { reason: series.reason }),
      possible: possibleForSeries(series),
    },
  }),
};

function possibleForSeries({ state }: SitrepSeries): readonly string[] {
  if (state === undefined) return ['open'];
  return state === 'RUNNING' ? ['stop'] : [];
}

function next(series: SitrepSeries, facts: Facts): Outcome<SitrepSeriesEvent> {
  const { policy } = facts;
  const cutOffAt = nextCutOff(cadenceOf(series, facts)!, zoneOf(series.electionId, facts)!, series.cutOffAt ?? series.openedAt);
  const number = series.number + 1;
  const views = reportingViews(policy);
  const args = { number, electionId: series.electionId, cadence: series.cadence, cutOffAt, views: views.map(({ id }) => id) };
  return {
    events: [written(facts, { kind: 'numbered', to: 'RUNNING', number, cutOffAt })],
    effects: views.map((view): Effect => ({ does: 'open', kind: 'sitrep', id: sitrepId(view, series.electionId, series.cadence, number), view: view.id, args })),
  };
} // prettier-ignore

function unknownOf(electionId: string, cadence: string, { policy }: Facts) {
  if (!policy.elections.some(({ id }) => id === electionId))
    return { pointer: '/electionId', code: 'UNKNOWN', detail: 'is no election of policy' };
  if (!policy.cadences.some(({ id }) => id === cadence))
    return { pointer: '/cadence', code: 'UNKNOWN', detail: 'is no cadence of policy' };
  return undefined;
}

function cadenceOf({ cadence }: SitrepSeries, { policy }: Facts): Cadence | undefined {
  return policy.cadences.find(({ id }) => id === cadence);
}

function zoneOf(electionId: string, { policy }: Facts): string | undefined {
  return policy.elections.find(({ id }) => id === electionId)?.timeZone;
}

function isPeriodClosed(periods: ReturnType<Facts['everywhere']>, electionId: string): boolean {
  const state = (periods.find(({ id }) => id === electionId)?.state as { readonly state?: unknown } | undefined)?.state;
  return state === 'CLOSED' || state === 'INDEPENDENT_REVIEW';
}

function written({ policy }: Facts, happening: Omit<Written<SitrepSeriesEvent>, 'marking'>): Written<SitrepSeriesEvent> {
  return { ...happening, marking: toWire(reportMarking(policy)) };
} // prettier-ignore
