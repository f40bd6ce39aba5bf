// Whether a reader may know of a product by its id, whatever kind it is: as its own route would judge it at this moment.
// Holds: it is judged and not released; one that is hidden and one that is not there take the same path to the same answer; what is
// decided elsewhere and cannot be asked is `fail-closed`, never a yes. Source: README.md#ledger

import type { DisclosureKind } from '@sitebus/kit';
import type { GatewayParts } from './parts.ts';
import type { Stored } from './read-model/model.ts';
import { isWithheld } from './release.ts';
import { findDisclosure } from './routes/disclosures.ts';
import { findMatter, toStoredMatter } from './routes/matters.ts';
import { PUBLIC_VIEW } from './subject.ts';
import type { Subject } from './subject.ts';

/** Kinds of what protocol decides, by the view that keeps them. */
const OF_THE_VIEW = ['case', 'sitrep', 'sitrep-series', 'rfi', 'feedback', 'affected-party', 'protected-account', 'target-message'] as const; // prettier-ignore
const OF_THE_PUBLIC_VIEW = ['notice', 'period'] as const;
const DISCLOSURES: readonly DisclosureKind[] = ['tearline', 'downgrade', 'identity-release'];

/** @returns true where the reader is shown a product of this id now. */
export async function isShownProduct(parts: GatewayParts, subject: Subject, id: string): Promise<boolean> {
  const { readModel, monitor, protocol, guard, view } = parts;
  const held: readonly (Stored | undefined)[] = [
    ...(await readModel.observation(id)),
    await readModel.assessment(id),
    await readModel.alert(id),
  ];
  const elsewhere = await Promise.all([
    ...(protocol === undefined ? [] : OF_THE_VIEW.map((kind) => matterOf(kind, view.id))),
    ...(protocol === undefined ? [] : OF_THE_PUBLIC_VIEW.map((kind) => matterOf(kind, PUBLIC_VIEW))),
    ...(guard === undefined ? [] : DISCLOSURES.map((kind) => findDisclosure(parts, kind, id, subject))),
  ]);
  return [...held, ...elsewhere].some((each) => each !== undefined && !isWithheld(monitor.judge(each, subject)));

  async function matterOf(kind: string, viewId: string): Promise<Stored | undefined> {
    const found = await findMatter(parts, kind, id, subject, undefined, viewId);
    return found && toStoredMatter(found);
  }
}
