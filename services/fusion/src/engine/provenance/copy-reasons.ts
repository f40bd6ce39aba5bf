// Why a member was taken for a copy: the values that its original has too, as the member has them.
// Holds: names values of members alone, for the marking of an assessment is theirs; in the order of members, and of values
// texts first; a list has the most telling values and says how many there are. Source: README.md#copies

import type { AssessmentBody } from '../publishing/assessment.ts';
import { compareText } from '../records/records.ts';
import type { EngineState } from '../state.ts';

/** Values named of one copy: a reader sees by these what was told again, and by the numbers how much. */
const MAX_NAMED = 16;

/**
 * Members that are copies and count nothing, with what they share. `originals` has the first of what each copies, a member
 * too; `of` is the one before it, where that is a member. Cost: the values of the copies.
 */
export function copyReasons(
  state: EngineState,
  members: readonly number[],
  originals: ReadonlyMap<number, number>,
): AssessmentBody['copies'] {
  if (originals.size === 0) return NO_COPIES;
  const among = new Set(members);
  const { records, copies, retellings } = state;
  return members
    .filter((member) => originals.has(member))
    .map((member) => {
      const original = copies.originalOf(member);
      const values = retoldOf(state, member, original);
      return {
        member: records.idOf(member),
        of: among.has(original) ? records.idOf(original) : null,
        shared: values.length,
        stated: retellings.statedCount(member),
        values: values.slice(0, MAX_NAMED),
      };
    });
}

/** What most assessments have; frozen. */
export const NO_COPIES: AssessmentBody['copies'] = [];
Object.freeze(NO_COPIES);

function retoldOf({ index, retellings, rules }: EngineState, member: number, original: number): NamedValue[] {
  return retellings
    .retoldValues(member, original)
    .map(({ feature, isReworded }) => {
      const kind = isReworded ? rules.similarTextKind : index.values.kindOf(feature);
      return { kind: rules.kinds[kind]!, value: index.values.textOf(feature) };
    })
    .sort((a, b) => rankOf(a) - rankOf(b) || compareText(a.kind, b.kind) || compareText(a.value, b.value));
}

type NamedValue = AssessmentBody['copies'][number]['values'][number];

const rankOf = ({ kind }: NamedValue): number => (kind === 'text' || kind === 'similar-text' ? 0 : 1);
