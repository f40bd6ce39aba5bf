// The versions that were issued, as they were: a person gets the version that was decided, whatever became of it since.
// Holds: a version is kept from the moment it is issued; the newest few hundred of all are kept too, so that what another
// gateway has just issued is found. Source: README.md#receipts

import { fromWire } from '@sitebus/sdk';
import type { Assessment } from '@sitebus/sdk';
import type { StoredAssessment } from '../read-model/model.ts';
import type { ProductVersion } from './facts.ts';

/** Versions of products by id and version. */
export interface Shelf {
  /** Offers a version as it is read from the bus. */
  offer(value: Assessment, atMs: number): void;
  /** Forgets it for good: what it says is not to be shown any more. */
  drop(version: ProductVersion): void;
  /** Keeps this version from now on. */
  keep(version: ProductVersion): void;
  /** Keeps it for good, as whoever found it elsewhere has it. */
  adopt(stored: StoredAssessment): void;
  /** @returns the version as it was, undefined where it was never offered. */
  get(version: ProductVersion): StoredAssessment | undefined;
}

/** Versions that may be replaced before word comes that one of them was issued. */
const RECENT = 500;

/** Makes an empty shelf. */
export function createShelf(): Shelf {
  const wanted = new Set<string>();
  const kept = new Map<string, StoredAssessment>();
  const recent = new Map<string, StoredAssessment>();
  return {
    offer(value, atMs) {
      const key = keyOf({ productId: value.id, productVersion: value.version });
      const stored: StoredAssessment = {
        kind: 'assessment',
        id: value.id,
        atMs,
        marking: fromWire(value.marking),
        value,
      };
      if (wanted.has(key)) kept.set(key, stored);
      recent.delete(key);
      recent.set(key, stored);
      const [oldest] = recent.keys();
      if (recent.size > RECENT && oldest !== undefined) recent.delete(oldest);
    },
    drop(version) {
      const key = keyOf(version);
      for (const shelf of [kept, recent]) shelf.delete(key);
    },
    keep(version) {
      const key = keyOf(version);
      wanted.add(key);
      const stored = recent.get(key);
      if (stored !== undefined) kept.set(key, stored);
    },
    adopt(stored) {
      const key = keyOf({ productId: stored.id, productVersion: stored.value.version });
      wanted.add(key);
      kept.set(key, stored);
    },
    get: (version) => kept.get(keyOf(version)) ?? recent.get(keyOf(version)),
  };
}

function keyOf({ productId, productVersion }: ProductVersion): string {
  return `${productId} ${productVersion}`;
}
