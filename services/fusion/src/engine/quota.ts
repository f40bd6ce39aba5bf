// What the engine has to tell the operators of its view, beside what it publishes.

/** A declared gap: records of an agency that were given up because there was no room. */
export interface EngineNotice {
  readonly code: 'QUOTA_EVICTED';
  readonly agency: string;
  /** Records given up in this cut. */
  readonly count: number;
  /** The earliest and the latest admission among them, UTC milliseconds. */
  readonly from: number;
  readonly to: number;
}
