// On whose behalf something is released: a person as the registry has them this moment, as far as this view and this
// credential let them see. Holds: effective clearance = person ⊓ credential ⊓ gateway ⊓ channel; a claim narrows, never widens; a
// reader enters a view only if their own clearance dominates the view's. Source: README.md#identity

import { clearanceDominates, meet } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import { writerOf } from '@sitebus/sdk';
import type { Clock, Policy, Role, View } from '@sitebus/sdk';
import type { Identity } from './authenticate.ts';
import { notAuthenticated } from './errors.ts';
import type { Registry } from '@sitebus/kit';
import type { KeyRow, PersonRow } from '@sitebus/kit';
import type { Narrowing } from './tokens.ts';

/** The view of people without a token. */
export const PUBLIC_VIEW = 'public';

/** @returns what everybody holds. Throws where policy has no public view. */
export function publicClearance(policy: Policy): Clearance {
  const view = policy.views.find(({ id }) => id === PUBLIC_VIEW);
  if (view === undefined) throw new Error('policy has no public view');
  return view.clearance;
}

/** A reader at one moment. Frozen; ask `current` again before the next release. */
export interface Subject {
  readonly person: string;
  readonly name: string;
  readonly agency?: string;
  readonly party?: string;
  readonly seat?: string;
  readonly roles: readonly Role[];
  readonly homeView: string;
  /** Lexicon in which likelihoods are said to them; absent: the first of policy. */
  readonly lexicon?: string;
  /** Absent: nobody in particular. */
  readonly identity?: Identity;
  /** Of the registry's row; raised by every change. */
  readonly epoch: number;
  /** Person ⊓ credential: decides which views may be entered. */
  readonly held: Clearance;
  /** Person ⊓ credential ⊓ this gateway, ⊓ the channel where something is sent: decides each record. */
  readonly clearance: Clearance;
  /** Whether this gateway's view is one of theirs. */
  readonly mayEnter: boolean;
  /** When the credential ends, UTC milliseconds; undefined without one. */
  readonly expiresAt?: number;
  /** Routes an API key is limited to; `*` for all. */
  readonly routes: readonly string[];
}

/** Looks subjects up. */
export interface Subjects {
  /** @returns the identity's subject as of now. Throws `not-authenticated` (ended, unknown, not whole) or `fail-closed`. */
  current(identity: Identity | undefined): Subject;
}

/** Makes the look-up of one gateway. */
export function createSubjects(parts: {
  readonly registry: Registry;
  readonly view: View;
  /** The public view's clearance: what those hold who do not sign in, at whichever gateway. */
  readonly open: Clearance;
  readonly clock: Clock;
}): Subjects {
  const { registry, view, clock } = parts;
  const anonymous = nobody(view, parts.open);
  const made = new WeakMap<Identity, Made>();
  return {
    current(identity) {
      if (identity === undefined) return anonymous;
      const nowMs = clock.now();
      if (nowMs >= identity.expiresAt + (identity.kind === 'token' ? SKEW_MS : 0))
        throw notAuthenticated({ expired: true });
      const version = registry.version();
      const before = made.get(identity);
      if (before?.version === version && nowMs < before.untilMs) return before.subject;
      const key = identity.kind === 'key' ? registry.keyNamed(identity.name) : undefined;
      if (identity.kind === 'key' && key?.sha256 !== identity.sha256) throw notAuthenticated({ expired: false });
      const row =
        identity.kind === 'token' || identity.kind === 'certificate'
          ? registry.personOf(identity.issuer, identity.subject)
          : registry.personNamed(identity.person);
      if (row === undefined || nowMs >= row.clearance.validUntil) throw notAuthenticated({ expired: false });
      if (identity.kind === 'channel' && !identity.roles.some((role) => row.roles.includes(role)))
        throw notAuthenticated({ expired: false });
      if (!isMember(row, registry)) throw notAuthenticated({ expired: false });
      const isSame = before !== undefined && before.row === row && before.key === key;
      const subject = isSame ? before.subject : subjectOf(row, identity, view, key?.routes ?? ['*']);
      made.set(identity, {
        version,
        untilMs: Math.min(identity.expiresAt, row.clearance.validUntil),
        row,
        key,
        subject,
      });
      return subject;
    },
  };
}

/** A partner's people are nobody without a partner that has not left, whatever their own rows say. */
function isMember({ agency }: PersonRow, registry: Registry): boolean {
  const isTenant = agency !== undefined && writerOf(agency) !== agency; // tenants alone share a writer
  return !isTenant || registry.tenantOf(agency)?.state === 'ACTIVE';
}

/** Rows are frozen and replaced whole, so the same rows make the same subject: an open stream asks before each batch. */
interface Made {
  /** Of the registry when it was looked up, and until when nothing but a change of a row can end it. */
  readonly version: number;
  readonly untilMs: number;
  readonly row: PersonRow;
  readonly key: KeyRow | undefined;
  readonly subject: Subject;
}

/** @returns what of the view a holder of `held` may see. Pure. */
export function effectiveClearance(held: Clearance, view: View): Clearance {
  // Cells bound the mandatory axes; need-to-know stays the person's own, or records for a narrower group than the
  // view's would reach nobody (README.md#non-obvious).
  return meet(held, { ...view.clearance, groups: held.groups, validUntil: held.validUntil, epoch: held.epoch });
}

/** @returns the clearance that a credential leaves of a person's. Pure; wider claims change nothing. */
export function heldClearance(clearance: Clearance, narrow: Narrowing | undefined): Clearance {
  return narrow === undefined ? clearance : meet(clearance, { ...clearance, ...narrow });
}

const SKEW_MS = 5_000;

function subjectOf(row: PersonRow, identity: Identity, view: View, routes: readonly string[]): Subject {
  const held = heldClearance(row.clearance, identity.kind === 'token' ? identity.narrow : undefined);
  const { person, name, agency, party, seat, roles, homeView, lexicon } = row;
  return Object.freeze({
    person,
    name,
    ...(agency === undefined ? {} : { agency }),
    ...(party === undefined ? {} : { party }),
    ...(seat === undefined ? {} : { seat }),
    roles,
    homeView,
    ...(lexicon === undefined ? {} : { lexicon }),
    identity,
    epoch: row.clearance.epoch,
    held,
    clearance: throughChannel(effectiveClearance(held, view), identity),
    mayEnter: clearanceDominates(held, view.clearance),
    expiresAt: identity.expiresAt,
    routes,
  });
}

/** A channel bounds each record that goes through it; the view is entered by the person. */
function throughChannel(clearance: Clearance, identity: Identity): Clearance {
  const bound = identity.kind === 'channel' ? identity.clearance : undefined;
  return bound === undefined ? clearance : meet(clearance, bound);
}

function nobody(view: View, open: Clearance): Subject {
  return Object.freeze({
    person: 'public',
    name: 'public',
    roles: ['public'] as const,
    homeView: PUBLIC_VIEW,
    epoch: 0,
    held: open,
    clearance: effectiveClearance(open, view),
    mayEnter: view.id === PUBLIC_VIEW,
    routes: ['*'],
  });
}
