// Every way the SDK refuses: one base class, one literal a code.
// Holds: `details` are safe to show another agency (line, pointer, index, topic, code, what the caller sent);
// values of records and driver texts live in `cause`, which is never serialised.

/** What a caller may read of any refusal in sitebus, whichever room threw it. */
export interface Refusal {
  readonly code: string;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A refusal with a code from a catalogue; `retriable` has no default, because only the author knows. */
export class SitebusError extends Error implements Refusal {
  readonly code: string;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, retriable: boolean, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retriable = retriable;
    this.details = Object.freeze({ ...details });
  }
}

/** True for an error with the fields of a refusal: ours, or the marking kernel's, which imports nothing. */
export function isRefusal(cause: unknown): cause is Error & Refusal {
  return cause instanceof Error && 'code' in cause && 'retriable' in cause && 'details' in cause;
}

/** Makes one entry of a catalogue: a function from safe details (and a private cause) to the error to throw. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the details of one code
export function refusal<D extends Readonly<Record<string, unknown>> = Readonly<Record<string, never>>>(kind: {
  readonly code: string;
  readonly retriable: boolean;
}): (details: D, cause?: unknown) => SitebusError {
  return (details, cause) => new SitebusError(kind.code, kind.retriable, details, cause);
}

export const invalidObservation = refusal<{ faults: readonly unknown[] }>({
  code: 'INVALID_OBSERVATION',
  retriable: false,
});
export const invalidMarking = refusal<{ pointer: string; index?: number; reason: string }>({
  code: 'INVALID_MARKING',
  retriable: false,
});
/** `maxBytes` is absent where only the broker knows the topic's limit. */
export const tooLarge = refusal<{ bytes: number; maxBytes?: number }>({ code: 'TOO_LARGE', retriable: false });
export const noCell = refusal<{ marking: string }>({ code: 'NO_CELL', retriable: false });
export const notYourAgency = refusal<{ agency: string }>({ code: 'NOT_YOUR_AGENCY', retriable: false });
export const notAllowed = refusal<{ what: string }>({ code: 'NOT_ALLOWED', retriable: false });
/** The broker's certificate is not of an authority that is believed here, not of that address, or out of date. */
export const untrustedBroker = refusal<{ what: string }>({ code: 'UNTRUSTED_BROKER', retriable: false });
export const schemaUnknown = refusal<{ schemaId?: number; subject?: string }>({
  code: 'SCHEMA_UNKNOWN',
  retriable: false,
});
export const malformedRecord = refusal<{ reason: string }>({ code: 'MALFORMED_RECORD', retriable: false });
export const policyUnverified = refusal<{ reason: string }>({ code: 'POLICY_UNVERIFIED', retriable: false });
export const policyOutdated = refusal<{ version: number; inForce: number }>({
  code: 'POLICY_OUTDATED',
  retriable: false,
});
export const fenced = refusal<{ transactionalId: string }>({ code: 'FENCED', retriable: false });
export const offsetOutOfRange = refusal<{ topic: string; partition: number; next: string; end: string }>({
  code: 'OFFSET_OUT_OF_RANGE',
  retriable: false,
});
export const closed = refusal({ code: 'CLOSED', retriable: false });
export const unreachable = refusal<{ what: string }>({ code: 'UNREACHABLE', retriable: true });
export const notDurable = refusal<{ topic: string }>({ code: 'NOT_DURABLE', retriable: true });
export const overloaded = refusal<{ what: string }>({ code: 'OVERLOADED', retriable: true });
export const timedOut = refusal<{ what: string; afterMs: number }>({ code: 'TIMEOUT', retriable: true });
export const invalidSchemaSet = refusal<{ file: string; reason: string }>({
  code: 'INVALID_SCHEMA_SET',
  retriable: false,
});
export const invalidPolicy = refusal<{ file: string; pointer: string; reason: string }>({
  code: 'INVALID_POLICY',
  retriable: false,
});
export const invalidSchemaLock = refusal<{ file: string; reason: string }>({
  code: 'INVALID_SCHEMA_LOCK',
  retriable: false,
});
