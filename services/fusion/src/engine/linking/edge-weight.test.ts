import { expect, test } from '@jest/globals';
import type { Assessment } from '@sitebus/sdk';
import { NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { LinkingValue } from '../observation.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';

const DAY_MS = 86_400_000;
const stay = (from: number, to: number) => ({ kind: 'place-time', value: `cedar-narrows ${from} ${to}` });
const text = (value: string) => ({ kind: 'text', value });
const STORY = 'Ballots from the harbour were counted twice, says a friend of the clerk';

/** Kinds by which the two are linked; empty where they are not. */
function linkedBy(a: readonly LinkingValue[], b: readonly LinkingValue[]): string[] {
  const { changes } = step(createState(VIEW, someRules()), {
    now: NOW,
    observations: [anObservation(1, { features: a }), anObservation(2, { agency: 'gac', features: b })],
  });
  return changes.assessments.flatMap(({ links }) => links).flatMap(({ features }) => features.map(({ kind }) => kind));
}

test.each([
  ['a domain, and not also by the one it is below', [domain('a.leak.example')], [domain('a.leak.example')], ['domain']],
  ['the domain that was registered', [domain('a.leak.example')], [domain('b.leak.example')], ['registrable-domain']],
  ['nothing, below a provider of names', [domain('a.github.io')], [domain('b.github.io')], []],
  [
    'one day of the three that both stayed',
    [stay(NOW, NOW + 2 * DAY_MS)],
    [stay(NOW, NOW + 3 * DAY_MS)],
    ['place-day'],
  ],
  ['nothing, where one stayed for a season', [stay(NOW, NOW)], [stay(NOW, NOW + 90 * DAY_MS)], []],
  ['a text in other case, once', [text(STORY)], [text(`RT @someone: ${STORY.toUpperCase()}!`)], ['similar-text']],
  ['an equal text, and not also by its likeness', [text(STORY)], [text(`«${STORY}»`)], ['text']],
] as const)('two records are linked by %s', (_, a, b, kinds) => {
  expect(linkedBy(a, b)).toEqual(kinds);
});

test('when a bucket of look-alikes empties, the texts left in it link those who had them before', () => {
  const rules = someRules({ texts: { minChars: 24, similarMinChars: 24, similarityMin: 0.69, bucketCap: 2 } });
  const state = createState(VIEW, rules);
  const live = new Map<string, Assessment>();
  const cut = (observations: Parameters<typeof step>[1]['observations']) => {
    for (const each of step(state, { now: NOW, observations }).changes.assessments) live.set(each.id, each);
  };
  const many = Array.from({ length: 8 }, (_, n) =>
    anObservation(n + 1, { features: [text(`ballots from the harbour were counted twice${' x'.repeat(n + 1)}`)] }),
  );
  cut(many);
  const linked = () =>
    [...live.values()].some(({ members }) => members.some(({ id }) => id === anId(1)) && members.length > 1);
  expect(linked()).toBe(false);
  const recalls = many
    .slice(2)
    .map(({ id }, n) => anObservation(100 + n, { type: 'Recall', facets: null, recalls: id }));
  cut(recalls);
  expect(linked()).toBe(true);
});
