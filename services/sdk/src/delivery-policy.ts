// What policy says of the ways on which subscriptions send by themselves: what may go each way, how often, when to give up.
// Holds: the shape equals schemas/policy/schema/deliveries.json; a view without a channel has no such way out; nothing here
// decides. Source: README.md#policy

import type { Clearance } from '@sitebus/marking';

/** Ways on which the gateway sends by itself; a stream and TAXII are fetched. */
export type SendingChannel = 'digest' | 'webhook';

/** One way out of one view. */
export interface DeliveryChannel {
  readonly view: string;
  readonly deliver: SendingChannel;
  /** Meets the reader's: what it does not dominate does not go this way, need-to-know included. */
  readonly clearance: Clearance;
}

/** The rules of what subscriptions send. */
export interface DeliveryPolicy {
  readonly channels: readonly DeliveryChannel[];
  readonly digest: {
    /** One digest a person at most within this time; digests go at multiples of it, in UTC. */
    readonly everyMinutes: number;
    /** More wait for the next digest. */
    readonly itemsMax: number;
    /** What was decided longer ago is told no more. */
    readonly decidedDaysMax: number;
  };
  readonly webhook: {
    /** Alerts in one post. */
    readonly itemsMax: number;
    readonly answerSeconds: number;
    /** Posts on their way at once, a person. */
    readonly atOnce: number;
  };
  readonly retry: RetryPolicy;
  /** Between two tests of one person. */
  readonly testSeconds: number;
  /** How long it is kept what was sent when. */
  readonly keptDays: number;
}

/** How failures are waited out, and when they are given up. */
export interface RetryPolicy {
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  readonly deadAfterHours: number;
  /** Failures in a row. */
  readonly attemptsMax: number;
}
