// The rooms as plain JavaScript in their `dist`, where `exports` sends whoever does not ask for their sources.
// Holds: what is measured is compiled as the image's content is, and started by Node as the image starts it.

import { join, resolve } from 'node:path';
import { compilePrograms, compileRooms } from '../../deploy/images/compile.ts';
import { instruction } from '../../deploy/images/instruction.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** What every service is made with. */
const SHARED = ['marking', 'sdk', 'kit'];
/** What the image gives Node. */
export const IMAGE_FLAGS: readonly string[] = instruction('ENTRYPOINT').slice(1);

/** Builds these services and what they are made with. */
export async function buildRooms(services: readonly string[]): Promise<void> {
  const rooms = [...SHARED, ...services].map((service) => `services/${service}`);
  await compileRooms(rooms, { from: ROOT, to: ROOT });
}

/** Builds a program of the bench that runs in a built service's process. @returns where it lies. */
export async function buildProgram(program: string): Promise<string> {
  const built = join(ROOT, '.sitebus', 'bench');
  await compilePrograms([program], { from: ROOT, to: built });
  return join(built, program.replace(/\.ts$/, '.js'));
}

/** What starts a built service as a process. */
export function builtMain(service: string): string {
  return join(ROOT, 'services', service, 'dist', 'main.js');
}
