// Under which assessment each observation of a file ends, from what the engine published on the way.
// Holds: an id that was redirected is followed to the one that lives; an observation that has left its assessment (it
// expired) keeps the last one it was in. Source: README.md#identity

import type { Assessment } from '@sitebus/sdk';

/** Observation → assessment, as versions come. */
export class Assignments {
  readonly #last = new Map<string, string>();
  readonly #redirects = new Map<string, string>();

  /** Takes note of what one cut published. */
  note(assessments: readonly Assessment[]): void {
    for (const { id, status, redirectTo, members } of assessments) {
      if (status === 'REDIRECTED') this.#redirects.set(id, redirectTo!);
      if (status !== 'LIVE') continue;
      this.#redirects.delete(id);
      for (const member of members) this.#last.set(member.id, id);
    }
  }

  /** The assessment an observation ended in; undefined where none ever held it. */
  of(obsId: string): string | undefined {
    let id = this.#last.get(obsId);
    for (let next = id; next !== undefined; next = this.#redirects.get(next)) id = next;
    return id;
  }
}
