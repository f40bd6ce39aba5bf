// A read model, a monitor and the editions of one view without HTTP and without a bus: for tests of what collections hold.
// Holds: the parts are the product's own; only the ledger's topic and the registry are stood in for.

import { cellOf } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import { featuresOf, fromWire } from '@sitebus/sdk';
import type { Codec, Policy } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import type { TestClock } from '@sitebus/sdk/testing';
import { createToJson } from '../avro-json.ts';
import { createInMemoryReadModel } from '../read-model/in-memory.ts';
import type { InMemoryReadModel } from '../read-model/in-memory.ts';
import type { ObservationValue } from '../read-model/model.ts';
import { createMonitor, open } from '../release.ts';
import type { Monitor } from '../release.ts';
import type { Subject } from '../subject.ts';
import { choosePage, releasePage } from '../taxii/collection.ts';
import type { Entry } from '../taxii/collection.ts';
import { createEditions } from '../taxii/editions.ts';
import { matchesOf } from '../taxii/match.ts';
import type { MatchQuery } from '../taxii/match.ts';
import { NOW_MS } from './records.ts';

export interface Stage {
  readonly model: InMemoryReadModel;
  readonly clock: TestClock;
  readonly monitor: Monitor;
  /** Takes in an observation as admission hands it over; `atMs` is its append time. */
  observe(type: string, value: unknown, atMs?: number): void;
  /** Lets everything settle, then some. */
  settle(): void;
  /** One page as the reader gets it. */
  page(reader: Subject, wanted?: { afterMs?: number | undefined; limit?: number; match?: MatchQuery }): Promise<StagedPage>;
} // prettier-ignore

export interface StagedPage {
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/** Makes a stage of the view. */
export function aStage(parts: { readonly policy: Policy; readonly codec: Codec; readonly view: string }): Stage {
  const { policy, codec } = parts;
  const view = policy.views.find(({ id }) => id === parts.view);
  if (view === undefined) throw new Error(`no view ${parts.view}`);
  const clock = createTestClock(NOW_MS);
  const model = createInMemoryReadModel({ viewClearance: view.clearance, clock });
  let leaves = 0n;
  const readers = new Map<unknown, Subject>();
  const monitor = createMonitor({
    subjects: { current: (identity) => readers.get(identity) as Subject },
    ledger: {
      state: () => 'ok',
      append: async () => ({ index: leaves++, checkpoint: 0n }),
      appendAlike: async (_content, asked) =>
        asked.map(() => ({ status: 'fulfilled', value: { index: leaves++, checkpoint: 0n } })),
    },
    policy,
    clock,
    toJson: createToJson(codec.lock, policy.homeNation),
  });
  const editions = createEditions({ readModel: model, policy });
  return {
    model,
    clock,
    monitor,
    observe(type, value, atMs = clock.now()) {
      const subject = `ca.sitebus.observation.${type}`;
      const { envelope } = value as ObservationValue;
      const marking = fromWire(envelope.marking);
      model.addObservation({
        type,
        subject,
        cell: cellOf(marking, policy.cells)?.id ?? 'none',
        value: value as ObservationValue,
        marking,
        features: featuresOf(codec, { subject, value }).features,
        atMs,
      });
    },
    settle: () => clock.advance(10_000),
    async page(reader, { afterMs, limit = 1_000, match = {} } = {}) {
      readers.set(reader.identity, reader);
      const edition = await editions(reader);
      const chosen = await choosePage(edition, { afterMs, limit, matches: matchesOf(match) }, reader, { monitor });
      const released = await releasePage(chosen, 'LIST', reader, edition, { monitor, policy, codec }, (entries) => entries);
      return { entries: open(released).body, more: chosen.more };
    },
  };
} // prettier-ignore

/** A reader with the view's clearance, but for what is said otherwise. */
export function aReader(policy: Policy, view: string, over: Partial<Clearance> = {}): Subject {
  const clearance = { ...policy.views.find(({ id }) => id === view)!.clearance, ...over };
  return {
    person: `reader ${JSON.stringify(over)}`,
    name: 'A reader',
    roles: ['analyst'],
    homeView: view,
    identity: { kind: 'key', name: JSON.stringify(over), sha256: '', person: 'reader', expiresAt: Number.POSITIVE_INFINITY },
    epoch: 1,
    held: clearance,
    clearance,
    mayEnter: true,
    routes: ['*'],
  };
} // prettier-ignore
