// How a reader sees: all of them that a judgement depends on, one object for all who see alike.
// Holds: a clearance that has ended sees nothing from that moment on; who someone is, and the epoch of their row, are in no
// sight: whoever releases looks both up anew. Source: README.md#stream

import type { Clearance } from '@sitebus/marking';
import type { Clock, Lexicon } from '@sitebus/sdk';
import type { Subject } from './subject.ts';

/**
 * All of a reader that a judgement depends on. Two readers of one sight are judged alike, so that a stream of many readers
 * judges each alert once for them all; equal sights are one object.
 */
export interface Sight {
  /** Nothing is visible without it: whether the view may be entered, by a clearance that has not ended. */
  readonly mayEnter: boolean;
  readonly clearance: Clearance;
  readonly lexicon: Lexicon | undefined;
}

/** @returns sights by what is in them; a sight that nobody has any more is forgotten with its subjects. */
export function createSights(
  clock: Clock,
  lexiconOf: (subject: Subject) => Lexicon | undefined,
): (subject: Subject) => Sight {
  const byContent = new Map<string, WeakRef<Sight>>();
  const bySubject = new WeakMap<Subject, Sight>();
  const ended = new WeakMap<Sight, Sight>();
  return (subject) => {
    let sight = bySubject.get(subject);
    if (sight === undefined) {
      const lexicon = lexiconOf(subject);
      const { mayEnter, clearance } = subject;
      const { validUntil: _until, epoch: _epoch, ...axes } = clearance; // whether it has ended is asked each time
      const content = JSON.stringify([mayEnter, lexicon?.id, Object.entries(axes).sort(([a], [b]) => (a < b ? -1 : 1))]);
      sight = byContent.get(content)?.deref();
      if (sight === undefined) {
        sight = Object.freeze({ mayEnter, lexicon, clearance: Object.freeze({ ...clearance, validUntil: Infinity }) });
        if (byContent.size >= MOST_SIGHTS) byContent.clear(); // equal ones then are two objects for a while
        byContent.set(content, new WeakRef(sight));
      }
      bySubject.set(subject, sight);
    }
    if (clock.now() < subject.clearance.validUntil) return sight;
    const blind = ended.get(sight) ?? Object.freeze({ ...sight, mayEnter: false });
    ended.set(sight, blind);
    return blind;
  };
} // prettier-ignore

const MOST_SIGHTS = 10_000;
