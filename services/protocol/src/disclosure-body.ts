// What the API shows of a tearline, a downgrade or an identity release.
// Holds: pure; texts to be signed are shown as they will be checked; the identity is shown to the requester alone, by whoever
// calls with it. Source: README.md#tearline

import { print } from '@sitebus/marking';
import { fromWire, type Signature, type WireMarking } from '@sitebus/sdk';
import { awaitedOrigins, possibleForDowngrade, type Downgrade } from './downgrade.ts';
import { approvalText, grantText } from './grant.ts';
import { possibleForIdentityRelease, type IdentityRelease } from './identity-release.ts';
import { awaitedFor, possibleForTearline, type Tearline } from './tearline.ts';

type Body = Readonly<Record<string, unknown>>;

/** A suppressed target as its record has it. */
export interface Identity {
  readonly kind: string;
  readonly ref: string;
}

/** Body of a tearline. */
export function tearlineBody(id: string, tearline: Tearline, homeNation: string): Body {
  const { draft, approvals, published, reason } = tearline;
  return {
    state: tearline.state,
    source: tearline.source?.id,
    for: tearline.for,
    ...(tearline.wantedBy === undefined ? {} : { by: new Date(tearline.wantedBy).toISOString() }),
    requestedBy: tearline.requestedBy,
    ...(draft === undefined
      ? {}
      : {
          draft: { ...draft, marking: shown(draft.marking, homeNation) },
          draftedBy: tearline.drafter,
          toSign: approvalText(id, draft.contentHash),
        }),
    approvals: approvals.map(signatureBody),
    awaiting: awaitedFor(tearline),
    ...(reason === undefined ? {} : { reason }),
    ...(published === undefined ? {} : { published: published.id }),
    possible: possibleForTearline(tearline),
  };
}

/** Body of a downgrade. */
export function downgradeBody(id: string, downgrade: Downgrade, homeNation: string): Body {
  const { record, lowered, expires, reason = '', signatures } = downgrade;
  if (record === undefined || lowered === undefined || expires === undefined) return {};
  return {
    state: downgrade.state,
    record: record.id,
    from: shown(record.marking, homeNation),
    to: shown(lowered, homeNation),
    contentHash: record.contentHash,
    reason,
    expires: new Date(expires).toISOString(),
    requestedBy: downgrade.requestedBy,
    signatures: signatures.map(signatureBody),
    awaiting: awaitedOrigins(downgrade),
    toSign: grantText({ id, record, to: lowered, reason, expires }),
    ...(downgrade.state === 'APPLIED' ? { applied: downgrade.handedDown?.id } : {}),
    possible: possibleForDowngrade(downgrade),
  };
}

/** Body of an identity release. */
export function identityReleaseBody(release: IdentityRelease, identity: Identity | undefined): Body {
  const { product, authority, justification, decision, reason, finding } = release;
  return {
    state: release.state,
    product: product?.id,
    holder: product?.agency,
    suppressedRef: release.suppressedRef,
    requester: release.requester,
    ...(release.dueAt === undefined ? {} : { dueAt: new Date(release.dueAt).toISOString() }),
    ...(authority === undefined ? {} : { authority, justification }),
    deciders: release.deciders,
    ...(decision === undefined ? {} : { decision }),
    ...(reason === undefined ? {} : { reason }),
    ...(finding === undefined ? {} : { finding }),
    ...(identity === undefined ? {} : { identity }),
    possible: possibleForIdentityRelease(release),
  };
}

/** @returns the target that a record prints under a suppressed name; undefined where it has none. */
export function suppressedTarget(
  value: Readonly<Record<string, unknown>>,
  suppressedRef: string,
): Identity | undefined {
  const { report } = value as { readonly report?: { readonly targets?: readonly SuppressedTarget[] } };
  const target = (report?.targets ?? []).find(({ suppressedAs }) => suppressedAs === suppressedRef);
  return target === undefined ? undefined : { kind: target.kind, ref: target.ref };
}

interface SuppressedTarget extends Identity {
  readonly suppressedAs: string | null;
}

function signatureBody({ person, agency, at, signature }: Signature): Body {
  return { person, ...(agency === null ? {} : { agency }), at: new Date(at).toISOString(), signature };
}

function shown(marking: WireMarking, homeNation: string): Body {
  return { ...marking, banner: print(fromWire(marking), { homeNation }) };
}
