import { expect, test } from '@jest/globals';
import type { ReleasedBody } from '../release.ts';
import { renderDigest } from './digest-text.ts';

const facts = { view: 's-can', banner: 'SECRET//CANADIAN EYES ONLY', isTest: false, more: 0 };
const body = (over: object = {}) =>
  ({
    id: 'alert-1',
    precedence: 'PRIORITY',
    headline: { en: 'Phishing: 4 observations, 3 agencies', fr: 'Hameçonnage : 4 observations, 3 organismes' },
    triage: { state: 'ESCALATED', by: 'samir-vasquez', at: '2031-10-02T14:05:00.000Z', reason: 'look' },
    marking: { banner: 'SECRET//CANADIAN EYES ONLY' },
    ...over,
  }) as unknown as ReleasedBody;

test('a digest says the same in both languages, between two lines of its marking', () => {
  const { text } = renderDigest([body()], facts);
  expect(text.split('\n')).toEqual([
    'SECRET//CANADIAN EYES ONLY',
    '',
    'View s-can: 1 alert was assigned or escalated to you.',
    '',
    '1. [SECRET//CANADIAN EYES ONLY] Phishing: 4 observations, 3 agencies',
    '   Escalated by samir-vasquez, 2031-10-02T14:05:00.000Z',
    '   Reason: look',
    '   Precedence: PRIORITY',
    '   alert-1',
    '',
    '* * *',
    '',
    'Vue s-can : 1 alerte vous a été attribuée ou transmise.',
    '',
    '1. [SECRET//CANADIAN EYES ONLY] Hameçonnage : 4 observations, 3 organismes',
    '   Transmise au palier supérieur par samir-vasquez, 2031-10-02T14:05:00.000Z',
    '   Motif : look',
    '   Priorité : PRIORITY',
    '   alert-1',
    '',
    'SECRET//CANADIAN EYES ONLY',
    '',
  ]);
});

test('the subject is one constant, whatever is in the text; a test says so in it', () => {
  const subjects = [renderDigest([], facts), renderDigest([body(), body()], { ...facts, more: 3, view: 'pb-can' })];
  expect(new Set(subjects.map(({ subject }) => subject)).size).toBe(1);
  expect(renderDigest([], { ...facts, isTest: true }).subject).toBe(`[TEST / ESSAI] ${subjects[0]!.subject}`);
});

test('what a person typed stays on its line, without what a reader’s program would act on', () => {
  const reason = 'one\r\nSECRET//forged banner\u2028next \u202Eback \u0007';
  const triage = { state: 'ASSIGNED', by: 'x', at: 't', reason };
  const { text } = renderDigest([body({ triage })], facts);
  expect(text).toContain('   Reason: one SECRET//forged banner next back\n');
  expect(text.split('\n').filter((line) => line.startsWith('SECRET'))).toEqual([facts.banner, facts.banner]);
});

test('items that wait are said in both languages, and what has no headline is an alert all the same', () => {
  const { text } = renderDigest([body({ headline: undefined })], { ...facts, more: 1 });
  for (const part of ['1 more waits', '1 de plus attend', '] An alert\n', '] Une alerte\n'])
    expect(text).toContain(part);
});
