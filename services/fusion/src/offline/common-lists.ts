// The lists of common values for a file: policy's own, and on request a folder of published warning lists.
// Holds: a published list of expressions is left out and named, because a folder as published has some and it is not ours
// to mend; any other unreadable list refuses the run. Source: README.md#common-values

import { join } from 'node:path';
import { readLists, toCommonValues, type CommonValues } from '../common-values.ts';
import { commonValuesInvalid } from '../errors.ts';

/** The lists in force, and published ones that are not. */
export interface ListsForFile {
  readonly commonValues: CommonValues;
  /** Files of the folder, sorted. */
  readonly leftOut: readonly string[];
}

/** Reads `common-values` of a policy folder and `published`, if given. Rejects with COMMON_VALUES_INVALID. */
export async function loadListsForFile(policyDir: string, published: string | undefined): Promise<ListsForFile> {
  const own = await readable(join(policyDir, 'common-values'));
  const others = published === undefined ? [] : await readable(published);
  const isExpressions = ([, text]: readonly [string, string]) => /"type"\s*:\s*"regex"/.test(text);
  const used = others.filter((list) => !isExpressions(list));
  return {
    commonValues: toCommonValues([...own, ...used.map(([file, text]) => [`warning-lists/${file}`, text] as const)]),
    leftOut: others.filter(isExpressions).map(([file]) => file),
  };
}

async function readable(dir: string) {
  try {
    return await readLists(dir);
  } catch (cause) {
    throw commonValuesInvalid({ file: dir, reason: 'the folder cannot be read' }, cause);
  }
}
