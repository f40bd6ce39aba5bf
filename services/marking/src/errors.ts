// Every way the kernel refuses a marking or a clearance: one class, one catalogue, one literal a code.
// Holds: nothing here is retriable, the same input is refused for ever; `details` carry field names, limits and
// expected spellings, never what was read: `index` points at that. Source: README.md#failures

/** What a caller reads of a refusal: `code`, `retriable`, `details` and `cause` as in the SDK's errors, and `index`. */
export class MarkingError extends Error {
  readonly code: string;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  /** Zero-based UTF-16 offset of the fault in the text that was read; undefined where no text was read. */
  readonly index: number | undefined;

  constructor(code: string, retriable: boolean, details: Readonly<Record<string, unknown>>, index?: number) {
    super(index === undefined ? code : `${code} at ${index}`);
    this.name = new.target.name;
    this.code = code;
    this.retriable = retriable;
    this.details = Object.freeze({ ...details });
    this.index = index;
  }
}

/** Makes one entry of the catalogue: a function from safe details (and the index of the fault) to the error to throw. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- each entry names the type of its details
function refusal<D extends Readonly<Record<string, unknown>> = Readonly<Record<string, never>>>(kind: {
  readonly code: string;
  readonly retriable: boolean;
}): (details: D, index?: number) => MarkingError {
  return (details, index) => new MarkingError(kind.code, kind.retriable, details, index);
}

// Values
/** There is no object to make a marking or a clearance of. */
export const markingMissing = refusal({ code: 'MARKING_MISSING', retriable: false });
/** A field that the value does not have. */
export const unknownField = refusal<{ field: string }>({ code: 'UNKNOWN_FIELD', retriable: false });
/** A field of the wrong type, or absent where none may be. */
export const malformedField = refusal<{ field: string }>({ code: 'MALFORMED_FIELD', retriable: false });
/** A list longer than its bound. */
export const tooMany = refusal<{ field: string; max: number }>({ code: 'TOO_MANY', retriable: false });
/** A need-to-know set without a group. */
export const anyOfEmpty = refusal<{ field: string }>({ code: 'ANY_OF_EMPTY', retriable: false });
/** A clearance with no nation behind it. */
export const nationsEmpty = refusal<{ field: string }>({ code: 'NATIONS_EMPTY', retriable: false });
/** The join of no marking. */
export const nothingToJoin = refusal({ code: 'NOTHING_TO_JOIN', retriable: false });

// Values and text
/** A word that is not on its ladder. */
export const unknownLevel = refusal<{ field: string }>({ code: 'UNKNOWN_LEVEL', retriable: false });
/** A code that is not assigned. */
export const unknownNation = refusal<{ field: string }>({ code: 'UNKNOWN_NATION', retriable: false });
/** A compartment that the grammar does not have. */
export const malformedCompartment = refusal<{ field: string }>({ code: 'MALFORMED_COMPARTMENT', retriable: false });
/** Classified, and releasable to ALL or to no list. */
export const releaseMissing = refusal({ code: 'RELEASE_MISSING', retriable: false });

// Text
/** Longer than any marking. */
export const textTooLong = refusal<{ maxChars: number }>({ code: 'TEXT_TOO_LONG', retriable: false });
/** A part, or an item of one, that the text form does not have. */
export const unknownPart = refusal({ code: 'UNKNOWN_PART', retriable: false });
/** Not a colour of TLP 2.0. */
export const unknownColour = refusal({ code: 'UNKNOWN_COLOUR', retriable: false });
/** Something where the marking ends or goes on. */
export const unexpectedText = refusal({ code: 'UNEXPECTED_TEXT', retriable: false });
/** Right words in the wrong order. */
export const disorder = refusal({ code: 'DISORDER', retriable: false });
/** Said twice. */
export const duplicate = refusal({ code: 'DUPLICATE', retriable: false });
/** Another spelling than the one that is read. */
export const notCanonical = refusal<{ expected: string }>({ code: 'NOT_CANONICAL', retriable: false });
/** Neither classified nor PROTECTED, and no colour. */
export const tlpMissing = refusal({ code: 'TLP_MISSING', retriable: false });
/** No portion mark, or one that is not closed. */
export const portionMissing = refusal({ code: 'PORTION_MISSING', retriable: false });

// Import
/** A colour without a classification. */
export const levelMissing = refusal({ code: 'LEVEL_MISSING', retriable: false });
/** Classified, no release marking, and nobody knows whose. */
export const ownerMissing = refusal({ code: 'OWNER_MISSING', retriable: false });
