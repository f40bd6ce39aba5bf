// Check 4: what is said above a reader is nowhere that they reach.
// Holds: absence counts only beside presence: whoever may read a canary finds it.

import { cellsOf } from '@sitebus/marking';
import type { Log, Policy } from '@sitebus/sdk';
import { ROWS } from '../rows.ts';
import type { Checking } from './checks.ts';

/** A log that keeps every line. */
export function createLogKeeper(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const keep = (...said: unknown[]): void => void lines.push(JSON.stringify(said, plain));
  return { log: { debug: keep, info: keep, warn: keep, error: keep }, lines };
}

/** Lists that a reader of a view may ask for, each with somebody who may. */
const PATHS = [
  '/v1/observations?limit=200', '/v1/assessments?limit=200', '/v1/alerts?limit=200', '/v1/cases?limit=100', '/v1/sitreps?limit=100',
  '/v1/rfis?limit=100', '/v1/notifications?limit=100', '/v1/receipts?limit=200', '/v1/notices', '/v1/sources', '/v1/affected-parties?limit=100',
  '/v1/tearlines?limit=100', '/v1/downgrades?limit=100', '/v1/identity-releases?limit=100', '/v1/target-notices', '/v1/ads?limit=100',
]; // prettier-ignore
/** By view: persons who go no further up than it, and one who reads everything there is in it. */
const READERS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  public: ['anyone', 'colette-ibarra', 'rosalind-quist'],
  partner: ['elio-marchetti', 'piotr-adeyemi', 'bryn-castell', 'maren-oakhollow'],
  'pb-can': ['bastien-okoro', 'pilar-desrosiers', 'renaud-ekstrom', 'oscar-belanger'],
  's-fvey': ['ingrid-tamihana'],
  's-can': ['ama-lindqvist', 'teodor-vance', 'dov-lachance', 'solveig-madani'],
  'ts-can': ['viggo-tremblay', 'samir-vasquez'],
});

/** Check 4. */
export async function canaryFaults({ parts: { policy }, played, logged }: Checking): Promise<readonly string[]> {
  const { offices, bus } = played;
  if (offices === undefined) return ['nobody is there to ask'];
  const faults: string[] = [];
  const found = new Map<string, number>();
  const look = (where: string, view: string | undefined, text: string): void => {
    for (const canary of canariesIn(text)) {
      found.set(view ?? '', (found.get(view ?? '') ?? 0) + 1);
      if (view === undefined || !isReadable(canary, view, policy)) faults.push(`${canary} in ${where}`);
    }
  };
  await offices.beat();
  for (const [view, readers] of Object.entries(READERS))
    for (const by of readers)
      for (const path of PATHS) look(`${path} for ${by} in ${view}`, view, (await offices.ask({ by, view, method: 'GET', path })).text); // prettier-ignore
  for (const { act, answer } of played.done) look(`what ${act.id} is answered`, act.view, answer?.text ?? '');
  for (const line of logged) look('a log', undefined, line);
  look('metrics', undefined, await offices.metrics());
  for (const { topic, value } of bus.records()) {
    if (value === null || topic.startsWith('obs.')) continue;
    const [kind = '', place = ''] = topic.split('.');
    const text = value.toString('latin1');
    if (kind === 'dead')
      for (const canary of canariesIn(text)) faults.push(...(isInCell(canary, place, policy) ? [] : [`${canary} in ${topic}`])); // prettier-ignore
    else if (['assess', 'alert', 'lane', 'ops', 'case', 'receipt', 'ledger', 'denial'].includes(kind))
      look(topic, place, text); // prettier-ignore
    else look(topic, undefined, text);
  }
  const lacking = ['pb-can', 's-can', 'ts-can', 's-fvey'].filter((view) => (found.get(view) ?? 0) === 0);
  if (logged.length === 0) faults.push('nothing was logged');
  return [...new Set([...faults, ...lacking.map((view) => `no canary is found in ${view}, where there are some`)])];
}

function canariesIn(text: string): readonly string[] {
  return [...new Set(text.match(/CANARY-\w+(?:\.\d{2})?/g) ?? [])];
}

/** Canaries that people write, by the cell of their words. */
const WRITTEN: Readonly<Record<string, string>> = Object.freeze({ 'CANARY-SITREP2': 's-can' });

function isReadable(canary: string, view: string, policy: Policy): boolean {
  const clearance = policy.views.find(({ id }) => id === view)?.clearance;
  return clearance !== undefined && cellsOf(clearance, policy.cells).some(({ id }) => id === cellOfCanary(canary));
}

/** A dead letter lies in a cell at least as high as what it holds. */
function isInCell(canary: string, cell: string, { cells }: Policy): boolean {
  const rankOf = (name: string): number => cells.find(({ id }) => id === name)?.rank ?? Infinity;
  return rankOf(cellOfCanary(canary)) <= rankOf(cell);
}

function cellOfCanary(canary: string): string {
  // Row 1.11 is lowered on D-4 by two release authorities, words and all.
  const row = canary === 'CANARY-1.11' ? { cell: 'partner' } : ROWS[canary.slice('CANARY-'.length)];
  return row?.cell ?? WRITTEN[canary] ?? 'nowhere';
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value;
}
