// What policy says of research at arm's length: how far data are made coarse, and from whom drafts are kept.
// Holds: the shape equals schemas/policy/schema/research.json (a test compares); nothing here decides. Source: README.md#policy

/** A step in which a column is made coarse. `none` says nothing any more. */
export type ResearchLevel = 'exact' | 'magnitude' | 'day' | 'week' | 'month' | 'none';

/** Rules of exports for research. */
export interface ResearchPolicy {
  /** Fewest different accounts or persons that share one combination of quasi-identifiers. */
  readonly k: number;
  /** Rows that may be left out before everything is made coarser instead. */
  readonly maxSuppressedPerMille: number;
  /** Rows of one data set; a larger one is refused, never cut. */
  readonly maxRows: number;
  /** Need-to-know group that a record above the open cell must carry. */
  readonly group: string;
  /** Views in which projects may be registered, by id. */
  readonly views: readonly string[];
  /** Column → its steps, finest first; the first is what is kept at all. */
  readonly levels: Readonly<Record<string, readonly ResearchLevel[]>>;
  /** Whoever has one of these is kept from everything unpublished, whatever else they are. */
  readonly governmentRoles: readonly string[];
  /** Roles that count as government's but for people of a partner. */
  readonly agencyRoles: readonly string[];
}
