// A released state-media post or account as the monitor counts it.
// Holds: pure; undefined for a body of another shape; nothing is read that was not released. Source: README.md#public-matters

import type { MonitorPost } from '@sitebus/kit';
import { parseDay } from '@sitebus/kit';
import { countIn, instantIn, textIn, textsIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

/** An account of the monitor. */
export interface MonitorAccount {
  readonly account: string;
  readonly country: string;
  readonly class: string;
  /** Days since 1970-01-01, inclusive. */
  readonly to: number | undefined;
}

/** @returns the account of a released StateMediaAccount. */
export function monitorAccountIn(body: Body): MonitorAccount {
  const [account = '', country = '', stateClass = ''] = ['account', 'country', 'class'].map((name) =>
    textIn(body, name),
  );
  return { account, country, class: stateClass, to: parseDay(textIn(body, 'to')) };
}

/** @returns the post of a released StateMediaPost; its country is its account's, blank where that is not released. */
export function monitorPostIn(body: Body, accounts: ReadonlyMap<string, MonitorAccount>): MonitorPost {
  const account = textIn(body, 'account');
  const [hashtags = [], topics = [], countries = [], urls = []] = ['hashtags', 'topics', 'countries', 'urls'].map((name) => textsIn(body, name)); // prettier-ignore
  const [likes = null, shares = null, comments = null] = ['likes', 'shares', 'comments'].map((name) => countIn(body, name)); // prettier-ignore
  return {
    account,
    postId: textIn(body, 'postId'),
    country: accounts.get(account)?.country ?? '',
    postedAtMs: instantIn(body, 'postedAt'),
    collectedAtMs: instantIn(body, 'collectedAt'),
    hashtags,
    topics,
    countries,
    urls,
    likes,
    shares,
    comments,
  };
}
