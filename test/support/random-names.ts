// Names that no other test uses: one broker serves all suites of a run.
import { randomBytes } from 'node:crypto';

/** @returns `<prefix>.<8 random hex digits>`, valid as topic, group, principal and transactional id */
export function randomName(prefix: string): string {
  return `${prefix}.${randomBytes(4).toString('hex')}`;
}
