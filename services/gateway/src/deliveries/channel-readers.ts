// Whom something is sent to by itself, as the registry has them this moment, and as far as the way it goes lets it.
// Holds: there is no credential and none is kept: the person's row of this moment, met with the channel's clearance, decides;
// without a channel in policy, a row, a role or the right to enter the view there is no reader. Source: README.md#deliveries

import type { DeliveryChannel, DeliveryPolicy, SendingChannel, View } from '@sitebus/sdk';
import type { ChannelIdentity } from '../authenticate.ts';
import { Problem } from '../errors.ts';
import type { Judged, Monitor } from '../release.ts';
import type { Sight } from '../sight.ts';
import { isWithheld } from '../release.ts';
import type { Stored } from '../read-model/model.ts';
import type { Subject, Subjects } from '../subject.ts';
import { SUBSCRIBERS } from '../subscription.ts';

/** A person at the end of a channel, at one moment. */
export interface ChannelReader {
  /** As far as the channel goes. */
  readonly subject: Subject;
  readonly sight: Sight;
  /** What they read here themselves: what they see so and not so is withheld, and nothing else is ever counted. */
  readonly ownSight: Sight;
}

/** What a record comes to for a reader: shown, withheld from this way alone, or nothing at all. */
export type ThroughChannel = { readonly judged: Judged } | 'withheld' | 'unseen';

/** Looks channel readers up. */
export interface ChannelReaders {
  /** @returns undefined for whom nothing may be sent now. Throws `fail-closed` where that cannot be known. */
  reader(person: string, deliver: SendingChannel): ChannelReader | undefined;
  /**
   * To be asked again in the turn in which bytes go out: whether the reader still is who they were, and what they are sent is still
   * there for them. The leaf took its time, in which a record may have been spilled.
   */
  mayStillGo(judged: readonly Judged[], reader: ChannelReader): boolean;
}

/** @returns the way out of a view; undefined where policy has none. */
export function channelOf(
  { channels }: DeliveryPolicy,
  view: string,
  deliver: SendingChannel,
): DeliveryChannel | undefined {
  return channels.find((each) => each.view === view && each.deliver === deliver);
}

/** Makes the look-up of one gateway. */
export function createChannelReaders(parts: {
  readonly deliveries: DeliveryPolicy;
  readonly view: View;
  readonly subjects: Subjects;
  readonly monitor: Pick<Monitor, 'sightOf' | 'judgeAs'>;
}): ChannelReaders {
  const { deliveries, view, subjects, monitor } = parts;
  const identities = new Map<string, { readonly bound: ChannelIdentity; readonly own: ChannelIdentity }>();
  const identitiesOf = (person: string, channel: DeliveryChannel) => {
    const key = `${channel.deliver} ${person}`;
    const own: ChannelIdentity = { kind: 'channel', person, roles: SUBSCRIBERS, expiresAt: Infinity };
    const made = identities.get(key) ?? { own, bound: { ...own, clearance: channel.clearance } };
    identities.set(key, made);
    return made;
  };
  return {
    reader(person, deliver) {
      const channel = channelOf(deliveries, view.id, deliver);
      if (channel === undefined) return undefined;
      const { bound, own } = identitiesOf(person, channel);
      try {
        const subject = subjects.current(bound);
        if (!subject.mayEnter) return undefined;
        return { subject, sight: monitor.sightOf(subject), ownSight: monitor.sightOf(subjects.current(own)) };
      } catch (cause) {
        if (cause instanceof Problem && cause.slug === 'not-authenticated') return undefined;
        throw cause;
      }
    },
    mayStillGo(judged, { subject, sight }) {
      try {
        const now = subjects.current(subject.identity);
        const isStill = now.epoch === subject.epoch && now.mayEnter && monitor.sightOf(now) === sight;
        return isStill && judged.every(({ record }) => !isWithheld(monitor.judgeAs(record, sight)));
      } catch {
        return false; // ended, gone, or not known: nothing is sent
      }
    },
  };
}

/** What its originator controls leaves with the consent of each origin, and nothing here can show one yet. */
export function throughChannel(
  monitor: Pick<Monitor, 'judgeAs'>,
  record: Stored | undefined,
  { sight, ownSight }: Pick<ChannelReader, 'sight' | 'ownSight'>,
): ThroughChannel {
  const judged = monitor.judgeAs(record, sight);
  if (!isWithheld(judged) && !judged.marking.orcon) return { judged };
  return isWithheld(monitor.judgeAs(record, ownSight)) ? 'unseen' : 'withheld';
}
