// Long work in pieces, so that the event loop goes round between them.
// Holds: who asks first has the first piece; a round of the loop has pieces for SLICE_MS, and at least one; with little to do a piece
// waits for nobody. After a round in which somebody connected there is one piece: a listener accepts one connection a round (libuv
// from 1.46 on), so that where late readers fill each round with work, whoever has to connect again would wait for hundreds of them.
// The registry's heartbeat needs several rounds to arrive as well. Source: README.md#stream

/** Gives turns. */
export interface LoopTurns {
  /** Resolves when the caller may do its next piece, in a turn of the loop of its own; never rejects. */
  readonly next: () => Promise<void>;
  /** Somebody has connected: others may be waiting behind them. */
  readonly giveWay: () => void;
}

/** For how long a round of the loop has pieces, ms. */
const SLICE_MS = 50;

/** Makes turns. `inNextRound` runs what it is given in the order in which it was given. */
export function createLoopTurns({
  now = () => performance.now(),
  inNextRound = (run: () => void): void => void setImmediate(run),
} = {}): LoopTurns {
  const waiting: (() => void)[] = [];
  let untilMs: number | undefined; // of the round that is now; undefined before its first piece
  let hasConnected = false;
  const begin = (): void => {
    untilMs = hasConnected ? -Infinity : now() + SLICE_MS;
    hasConnected = false;
    inNextRound(() => (untilMs = undefined)); // before anything that this round puts off
    waiting.shift()?.();
  };
  const step = (): void => {
    if (untilMs === undefined) begin();
    else if (now() < untilMs) waiting.shift()?.();
    else inNextRound(step);
  };
  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        inNextRound(step);
      }),
    giveWay: () => void (hasConnected = true),
  };
}

/** The turns of this process, which has one loop. */
export const loopTurns: LoopTurns = createLoopTurns();
