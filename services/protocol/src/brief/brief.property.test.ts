// Briefs over drawn histories: sent, sent anew to other people in other words, stood down, and whatever people try meanwhile.

import { expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { toWire, type BriefEvent } from '@sitebus/sdk';
import { loadContract, propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { briefOf } from '../cases/consultation.ts';
import { isRefused, type Asking } from '../machine.ts';
import { TIMER, type Facts } from '../protocol-machine.ts';
import { BRIEF_MACHINE, type Brief, type BriefArgs } from './brief.ts';

const RUNS = propertyRuns(1_000);
const { policy } = await loadContract();
const ID = '7f0a54ea-5b3e-4b0d-9df8-5a0f0f2a1c11';
const FACTS = { policy, now: 0 } as unknown as Facts; // all that the machine asks for
const PEOPLE = ['ada', 'bo', 'cy', 'di'];
const MARKING = toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] }));
const text = { title: 't', known: 'k', steps: ['s'] };

type Step =
  | { readonly does: 'send'; readonly words: number; readonly to: readonly string[] }
  | { readonly does: 'stand-down' }
  | { readonly does: 'try'; readonly person: string; readonly name: string };

const someStep = (): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ does: fc.constant('send' as const), words: fc.nat(9), to: fc.subarray(PEOPLE, { minLength: 1 }) }) },
    { weight: 1, arbitrary: fc.constant({ does: 'stand-down' as const }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('try' as const), person: fc.constantFrom(...PEOPLE), name: fc.constantFrom('open', 'reissue', 'stand-down', 'acknowledge', 'close') }) },
  ); // prettier-ignore
const someHistory = () => fc.array(someStep(), { maxLength: 9 });

/** What was sent, as who sent it would tell: newest last. */
interface Sent {
  readonly words: string | undefined;
  readonly to: readonly string[];
}

interface Played {
  readonly brief: Brief;
  readonly sent: readonly Sent[];
}

function play(history: readonly Step[]): Played {
  let brief = BRIEF_MACHINE.start;
  const sent: Sent[] = [];
  const give = (name: string, args: unknown, by: Asking): boolean => {
    const decided = BRIEF_MACHINE.decide(brief, { name, args }, by, FACTS, ID);
    if (isRefused(decided)) return false;
    for (const happening of decided.events)
      brief = BRIEF_MACHINE.evolve(brief, { ...BRIEF_MACHINE.empty, ...happening, at: sent.length } as unknown as BriefEvent);
    return decided.events.length > 0;
  };
  for (const step of history)
    switch (step.does) {
      case 'send':
        if (give(sent.length === 0 ? 'open' : 'reissue', argsOf(step), TIMER)) sent.push({ words: wordsOf(step.words), to: step.to });
        break;
      case 'stand-down':
        if (sent.length > 0 && give('stand-down', {}, TIMER)) sent.push({ words: undefined, to: sent.at(-1)!.to });
        break;
      case 'try':
        expect(give(step.name, argsOf({ words: 1, to: [step.person] }), { person: step.person, roles: ['minister', 'clerk', 'panel-member'] })).toBe(false);
    }
  return { brief, sent };
} // prettier-ignore

const wordsOf = (n: number): string => `WORDS-${n}.`;

function argsOf({ words, to }: { readonly words: number; readonly to: readonly string[] }): BriefArgs {
  const brief = briefOf({ summary: wordsOf(words), gaps: ['g'] }, 'f'.repeat(64));
  return {
    electionId: 'ge', brief, en: text, fr: text, noticeHash: brief.hash, announceAt: 9, precedence: 'FLASH', issuer: 'cleo', recipients: to, marking: MARKING,
  }; // prettier-ignore
}

const viewerOf = (person: string) => ({ id: ID, asking: { person, roles: ['minister'] as const }, facts: FACTS });

test('a brief is there for whoever was sent one of its versions, and for nobody else', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { brief, sent } = play(history);
      for (const person of [...PEOPLE, 'stranger'])
        expect(BRIEF_MACHINE.isThereFor!(brief, viewerOf(person))).toBe(sent.some(({ to }) => to.includes(person)));
    }),
    { numRuns: RUNS },
  );
});

test('whoever was not sent the newest version reads no word of it, and whoever was reads it and no other', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { brief, sent } = play(history);
      for (const person of PEOPLE) {
        const last = sent.findLastIndex(({ to }) => to.includes(person));
        if (last < 0) continue;
        const { body, marking } = BRIEF_MACHINE.shown(brief, viewerOf(person));
        const isNewest = last === sent.length - 1;
        expect(body['version']).toBe(last + 1);
        expect(body['summary']).toBe(isNewest ? sent[last]!.words : undefined);
        expect('statement' in body).toBe(isNewest && sent[last]!.words === undefined);
        expect(marking.classified).toBe('SECRET');
      }
    }),
    { numRuns: RUNS },
  );
});

test('C4: a version is one text under one hash for everyone it is sent to; each is issued once, to those persons', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { brief, sent } = play(history);
      const issued = BRIEF_MACHINE.issues!(brief, ID, policy);
      expect(issued.map(({ version, to }) => [version, to])).toEqual(sent.map(({ to }, at) => [at + 1, [...to].sort()]));
      const hashes = (sent.at(-1)?.to ?? []).map((person) => BRIEF_MACHINE.shown(brief, viewerOf(person)).body['hash']);
      expect(new Set(hashes).size).toBe(Math.min(1, hashes.length));
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('the word that nothing will be announced is sent once, to those who were told last, until there is something to tell again', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { brief, sent } = play(history);
      const kinds = brief.versions.map(({ to }) => to);
      expect(kinds).toEqual(sent.map(({ words }) => (words === undefined ? 'STOOD_DOWN' : 'ISSUED')));
      for (const [at, kind] of kinds.entries()) if (kind === 'STOOD_DOWN') expect(kinds[at - 1]).toBe('ISSUED');
    }),
    { numRuns: RUNS },
  );
});

test('a brief that was sent, sent anew to another and stood down has three versions, so that there was something to see', () => {
  const { brief, sent } = play([
    { does: 'send', words: 1, to: ['ada', 'bo'] },
    { does: 'send', words: 2, to: ['bo'] },
    { does: 'stand-down' },
    { does: 'stand-down' },
  ]);
  expect([brief.state, sent.length]).toEqual(['STOOD_DOWN', 3]);
});
