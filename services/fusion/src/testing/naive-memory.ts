// What a view remembers as time passes, worked out the slow way: a list, from which each hour takes what is over.
// Holds: shares no code with the engine but the rules' tables. The oracle of expiry; what is linked among the remembered
// is `naiveImage`.

import type { FusionObservation } from '../engine/observation.ts';
import type { Rules } from '../engine/rules.ts';
import type { LinkedImage } from '../engine/state.ts';
import type { EngineCut } from '../engine/step.ts';
import { liveOf, naiveImage } from './naive-oracle.ts';
import { statedNames } from './naive-values.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Remembered {
  readonly observation: FusionObservation;
  readonly admittedAt: number;
}

/** Takes cuts as the engine does, and says what is remembered. */
export class NaiveMemory {
  readonly #rules: Rules;
  #remembered: Remembered[] = [];
  #hour = -1;
  #expiredTo = -Infinity;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  take({ now, observations }: EngineCut): void {
    const hour = Math.floor(now / HOUR_MS);
    if (hour > this.#hour) {
      this.#hour = hour;
      if (!this.#rules.holds.some(({ from, to }) => now >= from && now < to)) this.#expire(hour * HOUR_MS);
    }
    for (const observation of observations) this.#admit(observation, now);
    this.#giveUp();
  }

  /** Present records, without values that are over. */
  present(): FusionObservation[] {
    return this.#remembered.map(({ observation, admittedAt }) => ({
      ...observation,
      features: observation.features.filter(
        ({ kind }) => admittedAt + this.#lifetimeOf(kind) * DAY_MS > this.#expiredTo,
      ),
    }));
  }

  image(): LinkedImage {
    return naiveImage(this.#rules, this.present());
  }

  #admit(observation: FusionObservation, admittedAt: number): void {
    const known = this.#remembered.find(({ observation: other }) => isSame(observation, other));
    if (known !== undefined && known.observation.contentHash <= observation.contentHash) return;
    this.#remembered = this.#remembered.filter((each) => each !== known);
    this.#remembered.push({ observation, admittedAt });
  }

  #expire(boundary: number): void {
    this.#expiredTo = boundary;
    this.#forget(this.#remembered.filter((each) => this.#endOf(each) <= boundary));
  }

  /** One by one, down to sixty-three parts of sixty-four: from whoever is furthest over its quota, the oldest. */
  #giveUp(): void {
    const { maxLiveRecords, liveQuota } = this.#rules;
    if (this.#remembered.length <= maxLiveRecords) return;
    const kept = [...this.#remembered].sort(
      (a, b) =>
        a.admittedAt - b.admittedAt ||
        byText(a.observation.id, b.observation.id) ||
        byText(a.observation.cell, b.observation.cell),
    );
    const overOf = (agency: string) =>
      kept.filter(({ observation }) => observation.agency === agency).length -
      (liveQuota.get(agency) ?? liveQuota.get(agency.startsWith('partner-') ? 'tenant' : 'default') ?? 0);
    while (kept.length > Math.floor((maxLiveRecords * 63) / 64)) {
      const agencies = [...new Set(kept.map(({ observation }) => observation.agency))];
      const [fullest] = agencies.sort((a, b) => overOf(b) - overOf(a) || byText(a, b));
      kept.splice(
        kept.findIndex(({ observation }) => observation.agency === fullest),
        1,
      );
    }
    this.#forget(this.#remembered.filter((each) => !kept.includes(each)));
  }

  #forget(leaving: readonly Remembered[]): void {
    const all = this.#remembered.map(({ observation }) => observation);
    const before = new Set(liveOf(all));
    const over = leaving.map(({ observation }) => observation);
    let left = all.filter((each) => !over.includes(each));
    for (;;) {
      const returned = liveOf(left).filter((each) => !before.has(each));
      if (returned.length === 0) break;
      left = left.filter((each) => !returned.includes(each));
    }
    this.#remembered = this.#remembered.filter(({ observation }) => left.includes(observation));
  }

  #endOf({ observation, admittedAt }: Remembered): number {
    const { type, position, lineageLink } = observation;
    const attached = type === 'Recall' || position !== undefined || lineageLink !== undefined;
    const days = statedNames(this.#rules, observation).map((name) =>
      this.#lifetimeOf(name.slice(0, name.indexOf(' '))),
    );
    const own = days.length === 0 ? this.#rules.defaultLifetimeDays : Math.max(...days);
    return admittedAt + (attached ? this.#rules.longestLifetimeDays : own) * DAY_MS;
  }

  #lifetimeOf(kind: string): number {
    return this.#rules.lifetimeDays[this.#rules.kinds.indexOf(kind)] ?? this.#rules.defaultLifetimeDays;
  }
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const isSame = (a: FusionObservation, b: FusionObservation) =>
  a.id === b.id && a.agency === b.agency && a.cell === b.cell;
