// Events as they are kept: each carries the hash of the one before it, so that nothing can be changed, taken out or put
// between without the chain telling. Holds: pure. Source: README.md#store; RFC 8785

import { canonicalText, sha256Of } from '@sitebus/kit';
import { chainBroken } from './errors.ts';
import {
  evolveDataset,
  evolveProject,
  type Dataset,
  type DatasetEvent,
  type Project,
  type ProjectEvent,
} from './machine.ts';
import type { KeptEvent } from './store/store.ts';

/** The end of one chain. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Everything that is known, folded from its events. */
export interface Known {
  readonly projects: Map<string, Project>;
  readonly datasets: Map<string, Dataset>;
  readonly ends: Map<string, ChainEnd>;
}

/** Before anything happened. */
export function nothingKnown(): Known {
  return { projects: new Map(), datasets: new Map(), ends: new Map() };
}

/** @returns the event as it is kept behind `end`. */
export function framed(
  kind: KeptEvent['kind'],
  id: string,
  event: ProjectEvent | DatasetEvent,
  end: ChainEnd | undefined,
): KeptEvent {
  const [body, seq, prevHash] = [canonicalText(event), (end?.seq ?? 0) + 1, end?.hash ?? ''];
  return { kind, id, seq, body, prevHash, hash: hashOf({ kind, id, seq, body, prevHash }) };
}

/** Takes an event in. Throws CHAIN_BROKEN where it is not the next of its chain, or does not say what it was kept as. */
export function takeIn(known: Known, event: KeptEvent): void {
  const { kind, id, seq, hash, body, prevHash } = event;
  const end = known.ends.get(id);
  const follows = seq === (end?.seq ?? 0) + 1 && prevHash === (end?.hash ?? '') && hash === hashOf(event);
  if (!follows) throw chainBroken({ id });
  known.ends.set(id, { seq, hash });
  if (kind === 'project')
    known.projects.set(id, evolveProject(known.projects.get(id), JSON.parse(body) as ProjectEvent));
  else known.datasets.set(id, evolveDataset(known.datasets.get(id), JSON.parse(body) as DatasetEvent));
}

function hashOf({ kind, id, seq, body, prevHash }: Omit<KeptEvent, 'hash'>): string {
  return sha256Of(canonicalText({ kind, id, seq, body, prevHash }));
}
