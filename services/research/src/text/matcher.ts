// Finds every one of many identifiers in a text at once.
// Holds: linear in the text whatever the number of identifiers; overlapping finds are all found. Both sides are folded
// (fold.ts). Source: Aho and Corasick, Efficient string matching (1975)

/** From `from` up to `to`, exclusive, in a folded text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One thing to find. `wholeWord`: only where no letter or digit stands beside it. */
export interface Pattern {
  readonly text: string;
  readonly wholeWord: boolean;
}

/** Finds. */
export interface Matcher {
  spansIn(folded: string): readonly Span[];
  isIn(folded: string): boolean;
}

interface State {
  readonly next: Map<string, number>;
  fail: number;
  /** Lengths of what ends here, and whether it must be a word; of this state and of those its suffixes are in. */
  ends: readonly { readonly length: number; readonly wholeWord: boolean }[];
}

/** Builds the automaton; empty texts are left out. */
export function createMatcher(patterns: Iterable<Pattern>): Matcher {
  const states: State[] = [newState()];
  for (const { text, wholeWord } of patterns) {
    if (text === '') continue;
    let at = 0;
    for (const unit of text.split('')) {
      let to = states[at]!.next.get(unit);
      if (to === undefined) {
        to = states.push(newState()) - 1;
        states[at]!.next.set(unit, to);
      }
      at = to;
    }
    const end = states[at]!;
    if (!end.ends.some((each) => each.length === text.length && each.wholeWord === wholeWord))
      end.ends = [...end.ends, { length: text.length, wholeWord }];
  }
  linkFailures(states);
  const spansIn = (folded: string): readonly Span[] => [...spansOf(states, folded)];
  return { spansIn, isIn: (folded) => !spansOf(states, folded).next().done };
}

function newState(): State {
  return { next: new Map(), fail: 0, ends: [] };
}

/** Breadth first: a state's failure is nearer to the root, and has its own ends already. */
function linkFailures(states: readonly State[]): void {
  const queue = [...states[0]!.next.values()];
  for (let i = 0; i < queue.length; i += 1) {
    const state = states[queue[i]!]!;
    for (const [unit, to] of state.next) {
      queue.push(to);
      let fail = state.fail;
      while (fail !== 0 && !states[fail]!.next.has(unit)) fail = states[fail]!.fail;
      const target = states[fail]!.next.get(unit);
      states[to]!.fail = target !== undefined && target !== to ? target : 0;
      const inherited = states[states[to]!.fail]!.ends;
      if (inherited.length > 0) states[to]!.ends = [...states[to]!.ends, ...inherited];
    }
  }
}

function* spansOf(states: readonly State[], folded: string): Generator<Span, undefined> {
  let at = 0;
  for (let i = 0; i < folded.length; i += 1) {
    const unit = folded[i]!;
    while (at !== 0 && !states[at]!.next.has(unit)) at = states[at]!.fail;
    at = states[at]!.next.get(unit) ?? 0;
    for (const { length, wholeWord } of states[at]!.ends) {
      const span = { from: i + 1 - length, to: i + 1 };
      if (!wholeWord || isWord(folded, span)) yield span;
    }
  }
  return undefined;
}

function isWord(folded: string, { from, to }: Span): boolean {
  return !WORD.test(folded[from - 1] ?? ' ') && !WORD.test(folded[to] ?? ' ');
}

const WORD = /[\p{L}\p{N}]/u;
