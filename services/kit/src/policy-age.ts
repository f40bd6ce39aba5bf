// Whether this service's policy is as new as the newest that the bus has shown: a pair of policy and lock may be older than what
// was provisioned since, and signed all the same.
// Holds: a newer version, once seen, stays seen: there is no way back but a start with newer files; nothing heard of versions is
// no refusal, because the first start has nothing to hear. Source: README.md#policy-in-force

import { PEOPLE_TOPIC, policyOutdated } from '@sitebus/sdk';
import type { BusPort, BusRecord, PartitionEnds } from '@sitebus/sdk';
import { readToEnds } from './read-to-ends.ts';
import { rowOf } from './registry/rows.ts';

/** What has been seen of versions. */
export interface PolicyAge {
  /** Some part of the system judges by this version; undefined: by one that does not say. */
  readonly saw: (version: number | undefined) => void;
  /** `ok`, or how far behind ours is. */
  state(): string;
  /** Throws POLICY_OUTDATED (not retriable) where ours is behind. */
  check(): void;
  /** Resolves (never rejects) with POLICY_OUTDATED once ours is behind. */
  readonly outdated: Promise<Error>;
}

/** Makes the watch of one service; `version` is that of the policy it was started with. */
export function createPolicyAge(version: number): PolicyAge {
  let inForce = version;
  let tell: (cause: Error) => void = () => {};
  const outdated = new Promise<Error>((resolve) => (tell = resolve));
  const refusalNow = (): Error => policyOutdated({ version, inForce });
  return {
    outdated,
    saw(seen) {
      if (seen === undefined || seen <= inForce) return;
      inForce = seen;
      tell(refusalNow());
    },
    state: () => (inForce > version ? `version ${version} is older than ${inForce}, which is in force` : 'ok'),
    check() {
      if (inForce > version) throw refusalNow();
    },
  };
}

/**
 * Looks once what the registry's writer judges by, as it says with every heartbeat, and tells the watch. `groupId`: of this
 * reading alone. Rejects with POLICY_OUTDATED (not retriable), and as the bus does: what cannot be asked is not ok.
 */
export async function askPolicyInForce(bus: BusPort, age: PolicyAge, groupId: string): Promise<void> {
  const said: (number | undefined)[] = [];
  const each = ({ key, value }: BusRecord): void => {
    const row = rowOf(key?.toString('utf8') ?? '', value);
    if (row.kind !== 'heartbeat') return;
    said.push(row.row.policyVersion);
    age.saw(row.row.policyVersion);
  };
  const read = async (startAt: (ends: PartitionEnds) => bigint): Promise<void> => {
    const how = { groupId, each, startAt, isTransactional: true, firstWithinMs: FIRST_WITHIN_MS, quietMs: QUIET_MS };
    await readToEnds(bus, [PEOPLE_TOPIC], how); // what a silence leaves are markers
  };
  await read(({ earliest, next }) => (next - TAIL > earliest ? next - TAIL : earliest));
  if (said.length === 0) await read(({ earliest }) => earliest);
  age.check();
}

/** The writer beats twice a second: the newest heartbeat is among the last records, but for a burst of rows after it. */
const TAIL = 1_000n;
const FIRST_WITHIN_MS = 30_000;
const QUIET_MS = 2_000;
