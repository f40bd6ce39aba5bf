// The ledger of one view as a service: signs both of its trees, of what was released and of what was asked for in vain.
// Holds: the trees know nothing of each other: neither's size, checkpoints nor times follow from the other's; what ends one
// ends the service, and /readyz names it. Source: README.md#how-it-works

import type { Readiness, Service } from '@sitebus/kit';
import type { BusPort, Clock, Log } from '@sitebus/sdk';
import { DEFAULT_PACE } from './config.ts';
import type { SigningPace } from './config.ts';
import { createTreeSigning } from './tree-signing.ts';

/** Settings of one view's ledger. */
export interface LedgerConfig extends Partial<SigningPace> {
  readonly view: string;
  /** `<id>:<32-byte Ed25519 seed in base64url>`, comma-separated. */
  readonly keys: string;
  /** Public halves of keys that no longer sign; their checkpoints still count. */
  readonly retiredKeys?: readonly string[];
}

/** What it is made of. */
export interface LedgerParts {
  readonly config: LedgerConfig;
  /** With the credentials of this view's ledger, no others. */
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** A ledger with its life. */
export interface LedgerService extends Service {
  /** The public halves of its present keys, under the name of each tree. */
  readonly verifierKeys: readonly string[];
}

/** Makes the ledger of `config.view`. Throws KEY_UNREADABLE (not retriable). */
export function createLedgerService({ config, bus, clock, log }: LedgerParts): LedgerService {
  const { view, keys, retiredKeys = [] } = config;
  const pace = { ...DEFAULT_PACE, ...config };
  const settings = { view, keys, retiredKeys, pace, bus, clock, log };
  const releases = createTreeSigning({ ...settings, tree: 'releases' });
  const denials = createTreeSigning({ ...settings, tree: 'denials' });
  return {
    verifierKeys: [...releases.verifierKeys, ...denials.verifierKeys],
    fatal: Promise.race([releases.fatal, denials.fatal]),
    async start() {
      await Promise.all([releases.start(), denials.start()]);
    },
    async stop() {
      await Promise.all([releases.stop(), denials.stop()]);
    },
    ready(): Readiness {
      const parts = { ledger: releases.state(), denials: denials.state() };
      return { ready: Object.values(parts).every((state) => state === 'ok'), parts };
    },
  };
}
