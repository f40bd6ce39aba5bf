// The situation report as proceedings run it.
// Source: README.md#situation-reports

import { SITREP_COMMANDS, type Issue } from '@sitebus/kit';
import type { SitrepEvent } from '@sitebus/sdk';
import type { ProtocolMachine } from '../protocol-machine.ts';
import { markingOfSitrep, shownSitrep } from './body.ts';
import { decideSitrep, dueForSitrep } from './decide.ts';
import { EMPTY_SITREP, SITREP_SUBJECT } from './empty-events.ts';
import { reportMarking } from './renditions.ts';
import { evolveSitrep, NO_SITREP, type Sitrep } from './sitrep.ts';

/** Beside whoever was sent it. */
const READERS: ReadonlySet<string> = new Set(['analyst', 'operator', 'secretariat', 'reviewer', 'chair']);

/** Opened by its series in every view at once; nobody opens one by hand. */
export const SITREP_MACHINE: ProtocolMachine<Sitrep, SitrepEvent> = {
  kind: 'sitrep',
  subject: SITREP_SUBJECT,
  empty: EMPTY_SITREP,
  start: NO_SITREP,
  commands: SITREP_COMMANDS,
  openedAs: reportMarking,
  decide: decideSitrep,
  evolve: evolveSitrep,
  due: dueForSitrep,
  isThereFor: ({ issues }, { asking: { person, roles } }) =>
    roles.some((role) => READERS.has(role)) || issues.some(({ recipients }) => recipients.includes(person)),
  shown: shownSitrep,
  issues: (sitrep, id, policy) =>
    sitrep.issues
      .filter(({ recipients }) => recipients.length > 0)
      .map(
        ({ version, recipients, precedence, reason, by, atMs }): Issue => ({
          kind: 'sitrep', id, version, to: recipients, precedence: precedence as Issue['precedence'], reason, by, atMs,
          marking: markingOfSitrep(sitrep, policy),
          isRecalled: version < sitrep.version,
        }),
      ), // prettier-ignore
};
