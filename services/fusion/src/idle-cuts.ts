// When a lane makes a cut although nothing has come: something expires, something has aged, or a day begins.
// Holds: asked as often as one likes, it looks at the records once an hour and at what has aged once a minute; a view in
// which nothing is due gets one cut a day, which lets the engine forget old ids. Source: README.md#lane

import { isAgeingDue } from './engine/publishing/ageing.ts';
import { hourOf, isExpiryDue } from './engine/records/expiry.ts';
import type { EngineState } from './engine/state.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What one instance has looked at since its state last went on. */
export class IdleCuts {
  #seq = -1;
  #hour = -1;
  #minute = -1;
  #isDue = false;

  /** Whether the state, as step `seq` left it, needs a cut at `now`. */
  isDue(state: EngineState, seq: number, now: number): boolean {
    if (seq !== this.#seq) {
      this.#seq = seq;
      this.#hour = state.hour;
      this.#minute = state.minute;
      this.#isDue = false;
    }
    this.#isDue ||= this.#hasExpired(state, now) || this.#hasAged(state, now) || isNewDay(state, now);
    return this.#isDue;
  }

  #hasExpired(state: EngineState, now: number): boolean {
    const hour = hourOf(now);
    if (hour <= this.#hour) return false;
    this.#hour = hour;
    return isExpiryDue(state, now);
  }

  #hasAged(state: EngineState, now: number): boolean {
    const minute = Math.floor(now / MINUTE_MS);
    const since = this.#minute;
    if (minute <= since) return false;
    this.#minute = minute;
    return isAgeingDue(state, since, now);
  }
}

function isNewDay({ day }: EngineState, now: number): boolean {
  return day >= 0 && Math.floor(now / DAY_MS) > day;
}
