// Every way the server library refuses. Source: README.md#failures

import { refusal } from '@sitebus/sdk';

/** A setting that is missing or wrong, by its environment name; never its value. */
export interface ConfigFault {
  readonly name: string;
  readonly reason: string;
}

export const invalidConfig = refusal<{ faults: readonly ConfigFault[] }>({ code: 'INVALID_CONFIG', retriable: false });
/** Which records are to be skipped is not known: nothing is read and nothing is released. */
export const spillsUnusable = refusal<{ state: string }>({ code: 'SPILLS_UNUSABLE', retriable: true });
/** The copy of the registry is empty, partial or old: who anybody is is not known, and nothing is done for them. */
export const registryStale = refusal<{ state: string }>({ code: 'REGISTRY_STALE', retriable: true });
