// The lists of common values for a file: policy's own, and on request a folder of published warning lists.
// Holds: published lists are told apart from policy's by where they stand, as below `common-values/warning-lists/`.
// Source: README.md#common-values

import { join } from 'node:path';
import { readLists, toCommonValues, type CommonValues } from '../common-values.ts';
import { commonValuesInvalid } from '../errors.ts';

/** Reads `common-values` of a policy folder and `published`, if given. Rejects with COMMON_VALUES_INVALID. */
export async function loadListsForFile(policyDir: string, published: string | undefined): Promise<CommonValues> {
  const own = await readable(join(policyDir, 'common-values'));
  const others = published === undefined ? [] : await readable(published);
  return toCommonValues([...own, ...others.map(([file, text]) => [`warning-lists/${file}`, text] as const)]);
}

async function readable(dir: string) {
  try {
    return await readLists(dir);
  } catch (cause) {
    throw commonValuesInvalid({ file: dir, reason: 'the folder cannot be read' }, cause);
  }
}
