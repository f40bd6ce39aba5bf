// Records for the research room's tests: invented people, as few fields as a row needs.

import type { Feature } from '@sitebus/sdk';
import type { CollectedRecord } from '../rows.ts';

/** A fixed moment: 2031-09-24T12:00:00Z. */
export const NOW_MS = Date.UTC(2031, 8, 24, 12);

/** A post of one account; `n` tells records apart. */
export function aPost(
  account: string,
  n: number,
  over: {
    readonly text?: string;
    readonly urls?: readonly string[];
    readonly at?: number;
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly persons?: readonly string[];
  } = {},
): CollectedRecord {
  const { text = 'the harbour was sold', urls = [], at = NOW_MS, fields = {}, persons = [] } = over;
  const features: Feature[] = [
    { kind: 'account', value: account.toLowerCase() },
    ...urls.map((value): Feature => ({ kind: 'url', value })),
    ...persons.map((value): Feature => ({ kind: 'person', value })),
    { kind: 'text', value: text },
  ];
  return {
    type: 'StateMediaPost',
    envelope: { id: idOf(n), observedAt: at },
    isGovernment: true,
    value: {
      envelope: { id: idOf(n), lineage: { derivedFrom: [idOf(n + 500_000)], sourceToken: `token-${n}-secret` } },
      account,
      postId: `post-${900_000 + n}`,
      postedAt: at,
      lang: 'en',
      texts: [{ text, lang: 'en' }],
      urls,
      countries: ['XVA'],
      likes: 12,
      ...fields,
    },
    features,
  };
}

/** A UUID of a small number. */
export function idOf(n: number): string {
  return `6f0c1a2b-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
