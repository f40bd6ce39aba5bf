// Who a buyer or registrant is: a public id of a candidate, an organisation or a party, or a token; never a name.
// Holds: pure; a party is a reference like others, and links nothing (a common value). Source: README.md#ads

import { normaliseOrExplain } from '@sitebus/sdk';

/** The reference as records hold it; undefined for anything else. */
export function toPersonRef(text: string | undefined): string | undefined {
  const tidy = (text ?? '').trim();
  const outcome = normaliseOrExplain('person', tidy);
  if ('value' in outcome) return outcome.value;
  return outcome.reason === 'COMMON' ? tidy.toLowerCase() : undefined;
}
