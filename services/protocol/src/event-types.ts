// The event types of the three machines as they lie on the bus: subject, and the fields that are not of the frame.

import type { DowngradeEvent, IdentityReleaseEvent, TearlineEvent } from '@sitebus/sdk';
import type { Frame } from './machine.ts';

type Empty<E extends Frame<string>> = Omit<E, keyof Frame<string>>;

export const TEARLINE_SUBJECT = 'ca.sitebus.protocol.TearlineEvent';
export const DOWNGRADE_SUBJECT = 'ca.sitebus.protocol.DowngradeEvent';
export const IDENTITY_RELEASE_SUBJECT = 'ca.sitebus.protocol.IdentityReleaseEvent';

export const EMPTY_TEARLINE: Empty<TearlineEvent> = Object.freeze({
  source: null,
  for: null,
  wantedBy: null,
  draft: null,
  approval: null,
  reason: null,
  handedDown: null,
});

export const EMPTY_DOWNGRADE: Empty<DowngradeEvent> = Object.freeze({
  record: null,
  lowered: null,
  expires: null,
  signature: null,
  reason: null,
  handedDown: null,
});

export const EMPTY_IDENTITY_RELEASE: Empty<IdentityReleaseEvent> = Object.freeze({
  product: null,
  suppressedRef: null,
  dueAt: null,
  authority: null,
  justification: null,
  reason: null,
  finding: null,
});
