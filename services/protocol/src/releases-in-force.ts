// Which tearlines and downgrades are in force, as other matters may rest on them.
// Holds: pure; one that was withdrawn, refused, or is still being handed down releases nothing. Source: README.md#briefs

import type { Disclosures } from './disclosures.ts';
import type { Release } from './protocol-machine.ts';

/** @returns the release with this id; undefined where there is none that is in force. */
export function releaseOf(disclosures: Pick<Disclosures, 'get'>, id: string): Release | undefined {
  const tearline = disclosures.get('tearline', id)?.state;
  if (tearline?.state === 'PUBLISHED' && tearline.source !== undefined && tearline.draft !== undefined) {
    const { marking, title, text, lang } = tearline.draft;
    const words = { title, text, lang: lang === 'fr' ? 'fr' : 'en' } as const;
    return { kind: 'tearline', source: tearline.source.id, marking, words };
  }
  const downgrade = disclosures.get('downgrade', id)?.state;
  if (downgrade?.state !== 'APPLIED' || downgrade.record === undefined || downgrade.lowered === undefined)
    return undefined;
  return { kind: 'downgrade', source: downgrade.record.id, marking: downgrade.lowered };
}
