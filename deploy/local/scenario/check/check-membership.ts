// Check 2: which rows are one matter in each view; the same in a second play, and for instances that know nothing but the bus.

import type { Run } from './checks.ts';
import { MATTERS, type TrueView } from './ground-truth.ts';
import { playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';
import { expectedMatters, mattersOf } from './matters.ts';

const VIEWS = Object.keys(MATTERS) as TrueView[];

/** Live assessments of two or more members, each as its rows; by view. */
type Matters = Readonly<Record<string, readonly string[]>>;

/** What is recorded of membership. */
export interface MembershipRecord {
  readonly matters: Matters;
  /** After a restart; and how many versions were published before and after it. */
  readonly restarted: Matters;
  readonly published: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

/** Of the play with people, which has no fusion of its own any more afterwards. */
export async function recordMembership({ played }: Run): Promise<MembershipRecord> {
  const matters = mattersIn(played);
  const before = VIEWS.map((view) => played.assessments(view).length);
  await played.restart();
  const published = VIEWS.map((view, at) => [view, { before: before[at] ?? 0, after: played.assessments(view).length }] as const); // prettier-ignore
  return { matters, restarted: mattersIn(played), published: Object.fromEntries(published) };
}

/** Of a second play, in which nobody but the guard acts. */
export async function recordSecondPlay(parts: PlayParts): Promise<Matters> {
  const second = await playInMemory(parts);
  try {
    return mattersIn(second);
  } finally {
    await second.stop();
  }
}

/** Check 2. */
export function membershipFaults({ matters, restarted, published }: MembershipRecord, second: Matters): readonly string[] {
  const again = VIEWS.filter((view) => published[view]?.before !== published[view]?.after || published[view] === undefined);
  return [
    ...mattersFaults(matters),
    ...mattersFaults(restarted).map((fault) => `after a restart: ${fault}`),
    ...again.map((view) => `${view}: a restart publishes again`),
    ...mattersFaults(second).map((fault) => `in a second play: ${fault}`),
  ];
} // prettier-ignore

function mattersFaults(found: Matters): readonly string[] {
  return VIEWS.flatMap((view) => {
    const wanted = expectedMatters(MATTERS[view]);
    const own = found[view] ?? [];
    return [
      ...wanted.filter((each) => !own.includes(each)).map((each) => `${view}: ${each} is not one matter`),
      ...own.filter((each) => !wanted.includes(each)).map((each) => `${view}: ${each} is one matter`),
    ];
  });
}

function mattersIn({ assessments, rowOf }: PlayedInMemory): Matters {
  return Object.fromEntries(VIEWS.map((view) => [view, mattersOf(assessments(view), rowOf)]));
}
