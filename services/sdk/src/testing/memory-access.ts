// Who may do what on the in-memory bus.
// Holds: ALLOW only, as on the real one: a principal without a rule may do nothing; a name ending in `*` is a prefix.

import { notAllowed } from '../errors.ts';

/** What one principal is granted: exact names, or prefixes ending in `*`. */
export interface Grants {
  readonly write?: readonly string[];
  readonly read?: readonly string[];
  readonly groups?: readonly string[];
  readonly transactionalIds?: readonly string[];
}

export type Operation = keyof Grants;

/** Decides for one principal; `everything` is for the port that stands above all rules. */
export interface Access {
  allows(operation: Operation, name: string): boolean;
  /** Throws NOT_ALLOWED, not retriable. */
  demand(operation: Operation, name: string): void;
}

export const everything: Access = Object.freeze({ allows: () => true, demand: () => undefined });

/** The rules of one principal; `grants` is asked at every decision, so that a later grant counts. */
export function createAccess(grants: () => readonly Grants[]): Access {
  const allows = (operation: Operation, name: string): boolean =>
    grants().some((granted) => (granted[operation] ?? []).some((pattern) => matches(pattern, name)));
  return {
    allows,
    demand(operation, name) {
      if (!allows(operation, name)) throw notAllowed({ what: name });
    },
  };
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
