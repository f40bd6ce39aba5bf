// Whether this gateway's policy is as new as that of its view's fusion: with an older one it releases nothing.
// Holds: fusion writes the version it judged by into every assessment, and a higher one than ours, once seen, closes the door until
// the gateway is started with newer policy; open streams wait. Source: README.md#policy

import type { Assessment } from '@sitebus/sdk';
import { failClosed } from './errors.ts';
import type { InMemoryReadModel } from './read-model/in-memory.ts';
import type { Monitor } from './release.ts';

/** What has been seen of versions. */
export interface PolicyAge {
  /** An assessment came, of this or an earlier start. */
  saw(assessment: Pick<Assessment, 'policyVersion'>): void;
  /** `ok`, or how far behind it is. */
  state(): string;
  /** Throws `fail-closed` where it is behind. */
  check(): void;
}

/** Makes the watch of one gateway; `version` is that of the policy it was started with. */
export function createPolicyAge(version: number): PolicyAge {
  let newest = version;
  const isBehind = (): boolean => newest > version;
  return {
    saw({ policyVersion }) {
      newest = Math.max(newest, policyVersion);
    },
    state: () => (isBehind() ? `version ${version} is older than ${newest}, by which the newest assessments were made` : 'ok'),
    check() {
      if (isBehind()) throw failClosed({ part: 'policy' });
    },
  };
} // prettier-ignore

/** @returns the model as the rebuild feeds it: the watch sees every assessment first. */
export function tellPolicyAge(age: PolicyAge, model: InMemoryReadModel): InMemoryReadModel {
  return {
    ...model,
    addAssessment(value, atMs, place) {
      age.saw(value);
      model.addAssessment(value, atMs, place);
    },
  };
}

/** @returns the monitor, which judges and releases nothing while policy is behind. */
export function whilePolicyStands(age: PolicyAge, monitor: Monitor): Monitor {
  return {
    sightOf(subject) {
      age.check();
      return monitor.sightOf(subject);
    },
    judgeAs(record, sight) {
      age.check();
      return monitor.judgeAs(record, sight);
    },
    judge(record, subject) {
      age.check();
      return monitor.judge(record, subject);
    },
    async release(record, subject, asked, shape) {
      age.check();
      return monitor.release(record, subject, asked, shape);
    },
    async reveal(record, subject, asked, wanted) {
      age.check();
      return monitor.reveal(record, subject, asked, wanted);
    },
    async releaseAll(judged, subject, reason, shape) {
      age.check();
      return monitor.releaseAll(judged, subject, reason, shape);
    },
    async releaseToEach(judged, subjects, reason, shape) {
      age.check();
      return monitor.releaseToEach(judged, subjects, reason, shape);
    },
  };
}
