// Check 4: what is said above a reader is nowhere that they reach.
// Holds: absence counts only beside presence: whoever may read a canary finds it; what is recorded is where each was found, and
// never what stood around it.

import { cellsOf } from '@sitebus/marking';
import type { Log } from '@sitebus/sdk';
import { ROWS } from '../rows.ts';
import type { Run } from './checks.ts';

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
  public: ['anyone', 'rosalind-quist'],
  partner: ['elio-marchetti', 'piotr-adeyemi', 'bryn-castell', 'maren-oakhollow'],
  'pb-can': ['bastien-okoro', 'pilar-desrosiers', 'renaud-ekstrom', 'oscar-belanger'],
  's-fvey': ['ingrid-tamihana'],
  's-can': ['ama-lindqvist', 'teodor-vance', 'dov-lachance', 'solveig-madani'],
  'ts-can': ['viggo-tremblay', 'samir-vasquez', 'colette-ibarra'],
});

/** A canary where it was found. */
interface Sighting {
  readonly canary: string;
  readonly where: string;
  /** `view`: what readers of it reach; `cell`: a dead letter of it; `nobody`: what is of no marking. */
  readonly of: 'view' | 'cell' | 'nobody';
  readonly place: string;
}

/** What is recorded of canaries. */
export interface CanaryRecord {
  readonly sightings: readonly Sighting[];
  readonly loggedLines: number;
  /** Cells that a view reads, and the rank of every cell. */
  readonly cellsOfView: Readonly<Record<string, readonly string[]>>;
  readonly ranks: Readonly<Record<string, number>>;
}

/** Of everything that readers reach at the end of the play with people. */
export async function recordCanaries({ parts: { policy }, played, logged }: Run): Promise<CanaryRecord> {
  const { offices, bus } = played;
  const found = new Map<string, Sighting>();
  const look = (text: string, where: string, of: Sighting['of'], place = ''): void => {
    for (const canary of canariesIn(text)) found.set(`${canary} ${where} ${place}`, { canary, where, of, place });
  };
  await offices?.beat();
  for (const [view, readers] of Object.entries(READERS))
    for (const by of readers)
      for (const path of PATHS)
        look((await offices?.ask({ by, view, method: 'GET', path }))?.text ?? '', `${path} for ${by}`, 'view', view);
  for (const { act, answer } of played.done) look(answer?.text ?? '', `what ${act.id} is answered`, 'view', act.view);
  for (const line of logged) look(line, 'a log', 'nobody');
  look((await offices?.metrics()) ?? '', 'metrics', 'nobody');
  for (const { topic, value } of bus.records()) {
    if (value === null || topic.startsWith('obs.')) continue;
    const [kind = '', place = ''] = topic.split('.');
    look(value.toString('latin1'), topic, kind === 'dead' ? 'cell' : OF_VIEWS.includes(kind) ? 'view' : 'nobody', place);
  }
  return {
    sightings: [...found.values()],
    loggedLines: logged.length,
    cellsOfView: Object.fromEntries(policy.views.map(({ id, clearance }) => [id, cellsOf(clearance, policy.cells).map((cell) => cell.id)])),
    ranks: Object.fromEntries(policy.cells.map(({ id, rank }) => [id, rank])),
  };
} // prettier-ignore

/** Kinds of topics that belong to a view. */
const OF_VIEWS = ['assess', 'alert', 'lane', 'ops', 'case', 'receipt', 'ledger', 'denial'];
/** Views in which there are canaries to be found. */
const WITH_CANARIES = ['pb-can', 's-can', 'ts-can', 's-fvey'];

/** Check 4. */
export function canaryFaults({ sightings, loggedLines, cellsOfView, ranks }: CanaryRecord): readonly string[] {
  const isRight = ({ canary, of, place }: Sighting): boolean => {
    const cell = cellOfCanary(canary);
    if (of === 'view') return cellsOfView[place]?.includes(cell) ?? false;
    return of === 'cell' && (ranks[cell] ?? Infinity) <= (ranks[place] ?? -Infinity); // a dead letter lies as high as what it holds, or higher
  };
  const wrong = sightings.filter((each) => !isRight(each)).map(({ canary, where, place }) => `${canary} in ${where} ${place}`.trim());
  const lacking = WITH_CANARIES.filter((view) => !sightings.some(({ of, place }) => of === 'view' && place === view));
  return [
    ...wrong,
    ...(loggedLines > 0 ? [] : ['nothing was logged']),
    ...lacking.map((view) => `no canary is found in ${view}, where there are some`),
  ];
} // prettier-ignore

function canariesIn(text: string): readonly string[] {
  return [...new Set(text.match(/CANARY-\w+(?:\.\d{2})?/g) ?? [])];
}

/** Canaries that people write, by the cell of their words. */
const WRITTEN: Readonly<Record<string, string>> = Object.freeze({ 'CANARY-SITREP2': 's-can' });

function cellOfCanary(canary: string): string {
  // Row 1.11 is lowered on D-4 by two release authorities, words and all.
  const row = canary === 'CANARY-1.11' ? { cell: 'partner' } : ROWS[canary.slice('CANARY-'.length)];
  return row?.cell ?? WRITTEN[canary] ?? 'nowhere';
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value;
}
