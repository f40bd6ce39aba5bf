// Foreign arrangements of the register, as CSV or JSON, as ForeignArrangements.
// Holds: an item is a row; days are read in the source's declared form; late is what policy's days say. Source: README.md#ads

import type { ForeignArrangement } from '@sitebus/sdk';
import { contentName } from '../ids.ts';
import { toDayMs } from '../instants.ts';
import { decideWritten } from '../row-marking.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import { distinct } from '../report.ts';
import { createTally } from '../tally.ts';
import { sortedJson } from '../untrusted.ts';
import { toPersonRef } from './person-ref.ts';
import { readRows, type WrittenRow } from './written-rows.ts';

type Activity = ForeignArrangement['activities'][number];

const DAY_MS = 86_400_000;
const ACTIVITIES: readonly Activity[] = ['OFFICE_HOLDER', 'PUBLIC', 'DISBURSEMENT'];
const REQUIRED = ['registrant_ref', 'principal_country', 'principal_name', 'activities', 'process', 'entered_on', 'registered_on']; // prettier-ignore

/** Reads the register of foreign arrangements. */
export const arrangementsReader: FormatReader = {
  format: 'arrangements',
  read(content, context) {
    const tally = createTally();
    for (const row of readRows(content, context, tally)) readArrangement(row, context);
    return tally.reading();
  },
};

function readArrangement(row: WrittenRow, context: ReadingContext): void {
  const missing = REQUIRED.find((column) => row.text(column) === undefined && row.list(column).length === 0);
  if (missing !== undefined) {
    row.refuse(missing, 'MISSING_COLUMN', `${missing} is empty`, `give ${missing}`);
    return;
  }
  const registrantRef = toPersonRef(row.text('registrant_ref'));
  if (registrantRef === undefined) {
    row.refuse(
      'registrant_ref',
      'BAD_VALUE',
      'neither a public id nor a token',
      'give cand:, org: or party:, or a token prs_',
    );
    return;
  }
  const country = row.text('principal_country') ?? '';
  if (!/^[A-Z]{3}$/.test(country)) {
    row.refuse('principal_country', 'BAD_VALUE', 'not a country', 'give its three letters, ISO 3166-1');
    return;
  }
  const activities = readActivities(row);
  const days = readDays(row, context);
  if (activities === null || days === null) return;
  const marking = decideWritten({ marking: row.text('marking'), tlp: row.text('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) return void row.item.refuse(marking);
  const fields = {
    registrantRef,
    principal: { country, name: row.text('principal_name') ?? '' },
    activities,
    process: row.text('process') ?? '',
    ...days,
    late: days.registeredOn - days.enteredOn > context.policy.ads.arrangementDays,
  };
  const { principal, process, enteredOn } = fields;
  row.item.carriedBy({
    type: 'ForeignArrangement',
    native: {
      format: 'arrangements',
      nativeId: contentName([registrantRef, principal.country, principal.name, process, String(enteredOn)]),
      revision: contentName([sortedJson(fields)]),
      part: '1',
    },
    fields,
    marking,
    observedAtMs: days.registeredOn * DAY_MS,
    sourceGrade: context.mapping.sourceGrade ?? 'F',
    infoGrade: context.mapping.infoGrade ?? 6,
  });
}

function readActivities(row: WrittenRow): readonly Activity[] | null {
  const words = row.list('activities').map((word) => word.toUpperCase());
  const known = words.flatMap((word) => ACTIVITIES.find((each) => each === word) ?? []);
  return words.length > 0 && known.length === words.length
    ? distinct(known)
    : row.refuse('activities', 'BAD_KIND', 'not an activity of the register', `one of ${ACTIVITIES.join(' ')}`);
}

function readDays(
  row: WrittenRow,
  { mapping: { dateFormat }, nowMs }: ReadingContext,
): Pick<ForeignArrangement, 'enteredOn' | 'registeredOn'> | null {
  if (dateFormat === undefined)
    return row.refuse('entered_on', 'NO_DATE_FORMAT', 'policy does not say how this source writes days', 'have dateFormat set in its mapping'); // prettier-ignore
  const [entered, registered] = ['entered_on', 'registered_on'].map((column) => {
    const atMs = toDayMs(row.text(column) ?? '', dateFormat);
    return atMs ?? row.refuse(column, 'BAD_DAY', 'not a day', `write it as ${dateFormat}`);
  });
  if (entered == null || registered == null) return null;
  if (registered < entered)
    return row.refuse('registered_on', 'BAD_DAY', 'lies before the arrangement was entered into', 'correct one of the two'); // prettier-ignore
  if (registered > nowMs) return row.refuse('registered_on', 'FUTURE', 'lies after now', 'correct the day');
  return { enteredOn: entered / DAY_MS, registeredOn: registered / DAY_MS };
}
