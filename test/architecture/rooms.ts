// The arrows between rooms, as a table: who may import whom. Source: docs of the layout in the root README.

/** Room → rooms it may import, besides itself. A service that is not listed may import what SERVICE lists. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  marking: [],
  sdk: ['marking'],
  kit: ['sdk', 'marking'],
  imports: ['kit', 'sdk', 'marking'],
  agencies: ['imports', 'kit', 'sdk', 'marking'],
  cli: ['sdk', 'marking'],
};

const SERVICE: readonly string[] = ['kit', 'sdk', 'marking'];
const OUTSIDE = ['deploy', 'test'];

/** One import, by the paths of both files from the root of the repository. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** @returns the room of a path: `marking`, `agencies/cse`, `deploy`; undefined for anything else */
export function roomOf(path: string): string | undefined {
  const [top = '', second = '', third = ''] = path.split('/');
  if (OUTSIDE.includes(top)) return top;
  if (top !== 'services') return undefined;
  return second === 'agencies' ? `agencies/${third}` : second;
}

/** @returns whether the arrows allow it; imports that leave the rooms (packages) are not judged here */
export function isAllowed({ from, to }: Import): boolean {
  const [source, target] = [roomOf(from), roomOf(to)];
  if (source === undefined || target === undefined || source === target) return true;
  if (OUTSIDE.includes(source)) return true;
  if (target === 'test') return from.endsWith('.test.ts') && to.startsWith('test/support/');
  return (ARROWS[source.split('/')[0] ?? ''] ?? SERVICE).includes(target);
}
