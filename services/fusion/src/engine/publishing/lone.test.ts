import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildWhole, type Built } from './assessment.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';
import { NOW, VIEW, collidingObservation, someRules } from '../../testing/observations.ts';

const said = ({ content, ...built }: Built) => ({ ...built, figures: null, body: content.toBody() });

test('a record that stands alone gets byte for byte the assessment that the long way gives', () => {
  const age = fc.integer({ min: -1, max: 400 });
  let compared = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(collidingObservation(), age), { minLength: 1, maxLength: 12 }), (drawn) => {
      const state = createState(VIEW, someRules());
      for (const [place, [observation, days]] of drawn.entries()) {
        const features = [{ kind: 'domain', value: `d${place}.example` }];
        const alone = { ...observation, features, recalls: null, supersedes: null, type: 'IndicatorReport' };
        delete (alone as { position?: unknown }).position;
        delete (alone as { lineageLink?: unknown }).lineageLink;
        step(state, { now: NOW, observations: [alone] });
        const record = state.records.count;
        const now = NOW + days * 86_400_000;
        const lone = state.moulds.build(state, record, now)!;
        const whole = buildWhole(state, [record], now);
        expect(said(lone)).toEqual(said(whole));
        expect([lone.figures.band, lone.figures.confidence]).toEqual([whole.figures.band, whole.figures.confidence]);
        compared += 1;
      }
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(100);
});

test('a record with a value that is a hub, and nothing that links, is cast too, and shows the hub', () => {
  const state = createState(VIEW, someRules());
  const [like] = fc.sample(collidingObservation(), { seed: 7, numRuns: 1 });
  const plain = { ...like!, recalls: null, supersedes: null, derivedFrom: [], type: 'IndicatorReport' };
  delete (plain as { position?: unknown }).position;
  delete (plain as { lineageLink?: unknown }).lineageLink;
  for (let n = 0; n < 40; n += 1) {
    const features = ['hub.example', `own-${n}.example`].map((value) => ({ kind: 'domain', value }));
    const id = `20000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const sourceToken = `token-of-record-${n}`;
    step(state, {
      now: NOW,
      observations: [{ ...plain, id, sourceToken, contentHash: String(n).repeat(16), features }],
    });
  }
  const record = state.records.count;
  const whole = buildWhole(state, [record], NOW);
  const lone = state.moulds.build(state, record, NOW)!;
  expect(whole.content.toBody().contextValues).toContainEqual({ kind: 'domain', value: 'hub.example', why: 'HUB' });
  expect(said(lone)).toEqual(said(whole));
});
