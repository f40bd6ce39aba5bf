// What is sent on D-1 and taken in by nobody: files by what must become of each of their items, and two that are no files.
// Holds: data alone; after all of them the observations are those from before. Source: README.md#refused

/** By the number of the file in `refused/`: records that it holds and that are known, and the codes of what is refused, in their order. */
export const REFUSED_FILES: Readonly<Record<string, { readonly known: number; readonly refused: readonly string[] }>> =
  Object.freeze({
    '0.01': { known: 0, refused: ['MARKING_REQUIRED'] },
    '0.02': { known: 0, refused: ['MARKING_UNREADABLE'] },
    '0.03': { known: 4, refused: ['UNKNOWN_PLATFORM', 'BAD_INSTANT'] },
    '0.04': { known: 1, refused: ['DANGLING_REF'] },
    '0.05': { known: 0, refused: ['NO_ATTRIBUTION'] },
  });

/** A partner's record with a classification, as it is sent over HTTP: 422, nothing stored. */
export const MARKED_SECRET = Object.freeze({
  by: 'elio-marchetti',
  view: 'partner',
  status: 422,
  type: 'marking-not-allowed',
  marking: { classified: 'SECRET', protected: 'NONE', compartments: [], relToAll: false, relTo: ['CAN'], tlp: 'CLEAR', orcon: false, owners: ['CAN'], origins: ['partner-lookout'], needToKnow: [] },
}); // prettier-ignore

/** A record on the partners' topic whose envelope names a ministry. */
export const FOREIGN_ENVELOPE = Object.freeze({
  cell: 'partner',
  writer: 'partners',
  claims: 'gac',
  code: 'QUARANTINED',
});
