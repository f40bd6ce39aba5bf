// What records say of others: from whom they derive, whom they recall or supersede, what they link, and what position they take.
// Holds: by the number of the record that says so, others by the number of their id, whether or not a record bears it; few
// records say any of it, so there is an entry only for those. Source: README.md#lineage, README.md#retraction

import type { PositionContent } from '../observation.ts';
import type { References } from '../packed-observations.ts';
import type { TextTable } from '../values/text-table.ts';

/** References of the records of one view. */
export class RecordReferences {
  readonly positions = new Map<number, PositionContent>();
  readonly recalls = new Map<number, number>();
  readonly supersedes = new Map<number, number>();
  readonly parents = new Map<number, readonly number[]>();
  readonly links = new Map<number, { readonly child: number; readonly parent: number }>();

  /** Takes note of what a record says of others. */
  keep(record: number, said: References, ids: TextTable): void {
    const { recalls, supersedes, derivedFrom, lineageLink, position } = said;
    if (recalls !== null) this.recalls.set(record, ids.intern(0, recalls));
    if (supersedes !== null) this.supersedes.set(record, ids.intern(0, supersedes));
    if (derivedFrom.length > 0)
      this.parents.set(record, [...new Set(derivedFrom.map((parent) => ids.intern(0, parent)))]);
    if (lineageLink)
      this.links.set(record, { child: ids.intern(0, lineageLink.child), parent: ids.intern(0, lineageLink.parent) });
    if (position) {
      this.positions.set(record, position);
      ids.intern(0, position.about);
    }
  }

  /** Forgets what a record says. */
  drop(record: number): void {
    this.positions.delete(record);
    this.recalls.delete(record);
    this.supersedes.delete(record);
    this.parents.delete(record);
    this.links.delete(record);
  }
}
