// Whether this gateway's policy is as new as that of its view's fusion and of the registry's writer: with an older one it releases
// nothing. Holds: fusion writes the version it judged by into every assessment, the writer into every heartbeat, and a higher one
// than ours, once seen, closes the door until the gateway is started with newer policy; open streams wait. Source: README.md#policy

import { createPolicyAge as policyAgeOf, type PolicyAge } from '@sitebus/kit';
import { failClosed } from './errors.ts';
import type { InMemoryReadModel } from './read-model/in-memory.ts';
import type { Monitor } from './release.ts';

/** Kit's watch, whose refusal is the problem that readers get. */
export function createPolicyAge(version: number): PolicyAge {
  const age = policyAgeOf(version);
  return {
    ...age,
    check() {
      if (age.state() !== 'ok') throw failClosed({ part: 'policy' });
    },
  };
}

/** @returns the model as the rebuild feeds it: the watch sees every assessment first. */
export function tellPolicyAge(age: PolicyAge, model: InMemoryReadModel): InMemoryReadModel {
  return {
    ...model,
    addAssessment(value, atMs, place) {
      age.saw(value.policyVersion);
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
