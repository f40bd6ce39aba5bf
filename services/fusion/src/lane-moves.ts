// What a lane does next: pure, from where it stands.
// Holds: a committed cut goes before anything of one's own; nobody leads before their own claim has come back; a leader
// whose `issued` is not what the lane committed settles that first, and makes no other cut. Source: README.md#lane

/** Where an instance stands. */
export interface Situation {
  /** The one partition of lane.<view> is ours. */
  readonly wantsLead: boolean;
  /** `claimed`: our claim is written and has not come back. */
  readonly term: 'none' | 'claimed' | 'live';
  /** The next committed cut: none known, known but its input is not all here, or ready to be applied. */
  readonly cut: 'none' | 'waiting' | 'ready';
  /** Whether what the state holds as issued is exactly what the lane committed. */
  readonly isExact: boolean;
  /** Whether a cut of our own would have anything to do, and may come by now. */
  readonly isDue: boolean;
}

/** One move of the lane. */
export type Move = 'step-down' | 'follow' | 'claim' | 'change-rules' | 'lead' | 'wait';

/** The next move. */
export function nextMove({ wantsLead, term, cut, isExact, isDue }: Situation): Move {
  if (term !== 'none' && !wantsLead) return 'step-down';
  if (cut === 'ready') return 'follow';
  if (wantsLead && term === 'none') return 'claim';
  if (cut === 'waiting' || term !== 'live') return 'wait';
  if (!isExact) return 'change-rules';
  return isDue ? 'lead' : 'wait';
}
