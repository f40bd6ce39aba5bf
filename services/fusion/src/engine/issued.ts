// What a view has published under each id: version, content, fate, and what was last rung for.
// Holds: an id is its anchor's identity; every id ever issued is LIVE, REDIRECTED to one that is not redirected, or CLOSED.
// The committed assess.<view> is the authority; this is its image. Source: README.md#identity

import { grown } from './text-table.ts';

export const LIVE_ID = 1;
export const REDIRECTED_ID = 2;
export const CLOSED_ID = 3;

/** What alerts compare with. */
export interface Shown {
  readonly band: number;
  /** 0 LOW, 1 MODERATE, 2 HIGH. */
  readonly confidence: number;
  readonly severity: number;
  readonly dissentKey: string;
}

const HASH_BYTES = 32;

/** Published ids by identity (the number of the anchor identity's first record). */
export class IssuedTable {
  status = new Uint8Array(1_024);
  version = new Int32Array(1_024);
  redirectTo = new Int32Array(1_024);
  splitFrom = new Int32Array(1_024);
  /** Band and confidence of the last version, for the daily look at what has aged. */
  band = new Uint8Array(1_024);
  confidence = new Uint8Array(1_024);
  /** 1 once an alert has been raised under this id. */
  alerted = new Uint8Array(1_024);
  /** Number of the marking of the last version. */
  marking = new Int32Array(1_024);
  /** Record → identity under whose id it was last published, 0 for none. */
  owner = new Int32Array(1_024);
  #shownBand = new Uint8Array(1_024);
  #shownConfidence = new Uint8Array(1_024);
  #shownSeverity = new Int32Array(1_024);
  readonly #shownDissent = new Map<number, string>();
  readonly #redirected = new Map<number, Set<number>>();
  #hashes = Buffer.alloc(1_024 * HASH_BYTES);

  /** Makes room for records up to this number. */
  reach(record: number): void {
    if (record < this.status.length) return;
    const length = Math.max(record + 1, this.status.length * 2);
    const wider = (column: Int32Array<ArrayBuffer>) => grown(column, new Int32Array(length));
    const wide = (column: Uint8Array<ArrayBuffer>) => grown(column, new Uint8Array(length));
    this.status = wide(this.status);
    this.band = wide(this.band);
    this.confidence = wide(this.confidence);
    this.alerted = wide(this.alerted);
    this.#shownBand = wide(this.#shownBand);
    this.#shownConfidence = wide(this.#shownConfidence);
    this.version = wider(this.version);
    this.redirectTo = wider(this.redirectTo);
    this.splitFrom = wider(this.splitFrom);
    this.marking = wider(this.marking);
    this.owner = wider(this.owner);
    this.#shownSeverity = wider(this.#shownSeverity);
    const hashes = Buffer.alloc(length * HASH_BYTES);
    this.#hashes.copy(hashes);
    this.#hashes = hashes;
  }

  hashOf(identity: number): string {
    return this.#hashes.toString('hex', identity * HASH_BYTES, (identity + 1) * HASH_BYTES);
  }

  setHash(identity: number, hash: string): void {
    this.#hashes.write(hash, identity * HASH_BYTES, HASH_BYTES, 'hex');
  }

  shownOf(identity: number): Shown {
    return {
      band: this.#shownBand[identity]!,
      confidence: this.#shownConfidence[identity]!,
      severity: this.#shownSeverity[identity]!,
      dissentKey: this.#shownDissent.get(identity) ?? '',
    };
  }

  setShown(identity: number, { band, confidence, severity, dissentKey }: Shown): void {
    this.#shownBand[identity] = band;
    this.#shownConfidence[identity] = confidence;
    this.#shownSeverity[identity] = severity;
    if (dissentKey === '') this.#shownDissent.delete(identity);
    else this.#shownDissent.set(identity, dissentKey);
  }

  setLive(identity: number): void {
    this.#leaveTarget(identity);
    this.status[identity] = LIVE_ID;
  }

  setRedirect(identity: number, to: number): void {
    this.#leaveTarget(identity);
    this.status[identity] = REDIRECTED_ID;
    this.redirectTo[identity] = to;
    const set = this.#redirected.get(to);
    if (set === undefined) this.#redirected.set(to, new Set([identity]));
    else set.add(identity);
  }

  setClosed(identity: number): void {
    this.#leaveTarget(identity);
    this.status[identity] = CLOSED_ID;
  }

  /** Ids that redirect to this one; in no order. */
  redirectedTo(identity: number): number[] {
    return [...(this.#redirected.get(identity) ?? [])];
  }

  #leaveTarget(identity: number): void {
    const to = this.redirectTo[identity]!;
    if (to === 0) return;
    const set = this.#redirected.get(to);
    set?.delete(identity);
    if (set?.size === 0) this.#redirected.delete(to);
    this.redirectTo[identity] = 0;
  }
}
