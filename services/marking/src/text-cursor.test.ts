import { expect, test } from '@jest/globals';
import { accept, acceptSlash, matchedChars, stands, takeWord, type Cursor } from './text-cursor.ts';

const cursorAt = (text: string, at = 0): Cursor => ({ text, at });

test('what stands next is asked for without moving, and taken by moving past it', () => {
  const cursor = cursorAt('TLP:RED', 4);
  expect([stands(cursor, 'RED'), stands(cursor, 'TLP'), cursor.at]).toEqual([true, false, 4]);
  expect([accept(cursor, 'GREEN'), cursor.at]).toEqual([false, 4]);
  expect([accept(cursor, 'RED'), cursor.at]).toEqual([true, 7]);
  expect([accept(cursor, 'RED'), cursor.at]).toEqual([false, 7]);
});

test.each<[string, boolean, number]>([
  ['/B', true, 1],
  ['//B', false, 0],
  ['B', false, 0],
  ['', false, 0],
])('one slash is taken, and two are left: %j', (text, isTaken, at) => {
  const cursor = cursorAt(text);
  expect([acceptSlash(cursor), cursor.at]).toEqual([isTaken, at]);
});

test.each<[string, string]>([
  ['AZ09', 'AZ09'],
  ['A@', 'A'],
  ['A[', 'A'],
  ['A/', 'A'],
  ['A:', 'A'],
  ['Aa', 'A'],
  ['AÀ', 'A'],
  ['-A', ''],
  ['', ''],
])('a word is of capitals and digits: of %j it is %j', (text, word) => {
  const cursor = cursorAt(`//${text}`, 2);
  expect([takeWord(cursor, 9), cursor.at]).toEqual([word, 2 + word.length]);
});

test('a word is taken no further than it may be long', () => {
  const cursor = cursorAt('-ABCDEF', 1);
  expect([takeWord(cursor, 4), cursor.at]).toEqual(['ABCD', 5]);
  expect([takeWord(cursor, 2), cursor.at]).toEqual(['EF', 7]);
});

test.each<[string, number]>([
  ['SECRET', 6],
  ['SECRETS', 6],
  ['SECT', 3],
  ['TOP', 0],
  ['', 0],
])('of what is expected, %j has %i characters', (text, matched) => {
  const cursor = cursorAt(`(${text}`, 1);
  expect([matchedChars(cursor, 'SECRET'), cursor.at]).toEqual([matched, 1]);
});
