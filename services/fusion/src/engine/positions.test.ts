// A dissent is not voted away: it stands beside a product until who wrote it writes something else.

import { expect, test } from '@jest/globals';
import type { Assessment } from '@sitebus/sdk';
import { anId, anObservation, domain, NOW, someRules, VIEW } from '../testing/observations.ts';
import type { FusionObservation } from './observation.ts';
import { createState } from './state.ts';
import { step } from './step.ts';

const shared = { features: [domain('a.example')] };
const position = (n: number, stance: 'DISSENT' | 'CONCUR', agency = 'gac', over: Partial<FusionObservation> = {}) =>
  anObservation(n, {
    agency, type: 'AgencyPosition', facets: null,
    position: { about: anId(2), stance, definitionId: 'interference/1', likelihood: null, confidence: null },
    ...over,
  }); // prettier-ignore

test('site ⑤: a dissenting position stands in every later version until its author changes it, whatever others add or say', () => {
  const state = createState(VIEW, someRules());
  const versions: Assessment[] = [];
  const cut = (...observations: readonly FusionObservation[]): void => {
    versions.push(...step(state, { now: NOW, observations }).changes.assessments);
  };
  const stances = ({ positions }: Assessment): readonly string[] =>
    positions.map(({ agency, stance }) => `${agency} ${stance}`).sort();
  cut(anObservation(1, shared), anObservation(2, { agency: 'gac', ...shared }));
  cut(position(3, 'DISSENT'));
  const since = versions.length - 1;
  cut(anObservation(4, { agency: 'csis', ...shared })); // another member
  cut(position(5, 'CONCUR', 'cse')); // somebody else's position
  cut(anObservation(6, { agency: 'rcmp', ...shared })); // and more
  const later = versions.slice(since);
  expect(later.map(({ version }) => version)).toEqual([2, 3, 4, 5]);
  for (const each of later) expect(stances(each)).toContain('gac DISSENT');
  cut(position(7, 'CONCUR', 'gac', { supersedes: anId(3) }));
  expect(stances(versions.at(-1)!)).toEqual(['cse CONCUR', 'gac CONCUR']);
});
