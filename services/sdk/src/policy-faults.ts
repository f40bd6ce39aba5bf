// What every check of policy refuses in the same words: a name that nothing defines, a row that is there twice, what the kernel refuses.
// Holds: pure; each throws INVALID_POLICY with file and JSON pointer, never a value. Source: README.md#policy

import { invalidPolicy } from './errors.ts';

/** Refuses a name that policy does not define. */
export function known(value: string, among: ReadonlySet<string>, file: string, pointer: string): void {
  if (!among.has(value)) throw invalidPolicy({ file, pointer, reason: 'names what policy does not define' });
}

/** Refuses a second row with the same key. `pointer` is the list, `field` what of a row is to be unique. */
export function unique<R>(
  rows: readonly R[],
  keyOf: (row: R) => unknown,
  file: string,
  pointer: string,
  field: string,
): void {
  const seen = new Set<unknown>();
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row);
    if (seen.has(key)) throw invalidPolicy({ file, pointer: `${pointer}/${index}/${field}`, reason: 'is there twice' });
    seen.add(key);
  }
}

/** The kernel's refusal, with the place in the file; its code is the reason. */
export function fromKernel<V>(make: () => V, file: string, pointer: string): V {
  try {
    return make();
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'REFUSED';
    throw invalidPolicy({ file, pointer, reason: `the marking kernel says ${code}` }, cause);
  }
}
