// What the image starts with, as its Dockerfile says it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The words of an instruction in its list form (`ENTRYPOINT ["node"]`); throws where the Dockerfile has none of that form. */
export function instruction(name: 'ENTRYPOINT' | 'CMD'): readonly string[] {
  const dockerfile = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8');
  const words = new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1];
  if (words === undefined) throw new Error(`deploy/images/Dockerfile has no ${name} that is a list`);
  return JSON.parse(words) as string[];
}
