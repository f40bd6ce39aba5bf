// The twelve checks of the scenario, people and bad inputs included, as `npm run scenario:check -- --json` prints them; and each
// check on a run in which one thing is not as it must be.
// Holds: a process of its own, as whoever runs it has it; within the test runner the play takes four times as long. What is
// broken is broken in what that very run recorded, so that nothing is played for it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { judge, TITLES, type Checked, type Recorded } from './checks.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
let checked: readonly Checked[];
let recorded: Recorded;

beforeAll(async () => {
  const args = ['--conditions=source', '--import', 'tsx', program, '--json'];
  const said = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES }, (cause, stdout, stderr) => {
      if (stdout === '') reject(new Error(`the checks said nothing: ${stderr.slice(-2_000)}`, { cause }));
      else resolve(stdout);
    });
  });
  ({ checks: checked, recorded } = JSON.parse(said) as { checks: readonly Checked[]; recorded: Recorded });
}, 600_000);

test.each(TITLES.map((title, at) => [at + 1, title] as const))('check %i: %s', (number) => {
  expect(checked.find((each) => each.number === number)?.faults).toEqual([]);
});

test('the record judged again says the same', () => {
  expect(judge(recorded)).toEqual(checked);
});

/** A record that can be written over. */
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
type Broken = readonly [number: number, what: string, breaks: (run: Writable<Recorded>) => void];

const BROKEN: readonly Broken[] = [
  [1, 'a row was not taken in', ({ intake }) => void intake.made.splice(intake.made.indexOf('3.05'), 1)],
  [1, 'a view reads one record more', ({ intake }) => void (intake.read['public'] = 17)],
  [1, 'an agency wrote one record less', ({ intake }) => void (intake.written['gac'] = 13)],
  [1, 'an unmarked event is taken in', ({ intake }) => void (intake.bad['0.01'] = { codes: [], known: 0, isNew: true, isExplained: true })],
  [1, 'a bad row is refused without its line', ({ intake }) => void (intake.bad['0.03']!.isExplained = false)],
  [1, 'a partner’s SECRET is accepted', ({ intake }) => void (intake.secret = { status: 202, type: '' })],
  [1, 'nobody is told of a foreign envelope', ({ intake }) => void (intake.foreign.isAnnounced = false)],
  [1, 'what was refused is on the bus', ({ intake }) => void (intake.added = 2)],
  [2, 'a row is missing from its matter', ({ membership }) => without(membership.matters['partner']!, ' 1.09')],
  [2, 'a restart publishes again', ({ membership }) => void (membership.published['s-can']!.after += 1)],
  [2, 'a restart finds something else', ({ membership }) => without(membership.restarted['public']!, ' 2.09')],
  [2, 'a second play finds something else', ({ secondPlay }) => without(secondPlay['ts-can']!, ' 1.17')],
  [3, 'one byte differs in a world with more above it', ({ below }) => void (below['partner']!.below.sha256 = below['partner']!.below.sha256.replace(/^./, (c) => (c === '0' ? '1' : '0')))],
  [3, 'both worlds are the same one', ({ below }) => void (below['public']!.below.rows = below['public']!.whole.rows)],
  [4, 'a canary is in a list of a lower view', ({ canaries }) => void canaries.sightings.push({ canary: 'CANARY-1.12', where: '/v1/alerts for elio-marchetti', of: 'view', place: 'partner' })],
  [4, 'a canary is in a log', ({ canaries }) => void canaries.sightings.push({ canary: 'CANARY-3.02', where: 'a log', of: 'nobody', place: '' })],
  [4, 'a canary is in a dead letter of a lower cell', ({ canaries }) => void canaries.sightings.push({ canary: 'CANARY-1.17', where: 'dead.s-can.cse', of: 'cell', place: 's-can' })],
  [4, 'whoever may read canaries was shown none', ({ canaries }) => void (canaries.sightings = canaries.sightings.filter(({ place }) => place !== 'ts-can'))],
  [5, 'the echo counts twice', ({ echo }) => void (echo.echo['s-can']!.roots = 2)],
  [5, 'the echo is believed', ({ echo }) => void (echo.echo['partner']!.confidence = 'MODERATE')],
  [5, 'a tearline is a source of its own', ({ echo }) => void (echo.roots['s-can 1.15'] = 'another root')],
  [6, 'the mistake has joined nothing', ({ recall }) => without(recall.between, '9.01')],
  [6, 'a merged id leads nowhere', ({ recall }) => void (recall.merged[0]!.resolves = false)],
  [6, 'the hub links', ({ recall }) => void recall.hub['pb-can']!.links.push('an assessment')],
  [6, 'threads 1 and 3 were one for a while', ({ recall }) => void (recall.hub['partner']!.joined = 1)],
  [7, 'a late ad is two days late', ({ ads }) => void (ads.findings[0] = '4.05 LATE 2')],
  [7, 'an ad on time is late', ({ ads }) => void (ads.ads['4.01'] = ['LATE'])],
  [8, 'an act is answered otherwise', ({ cases }) => void cases.faults.push('D-19T15:00Z case1.scope is answered with 409')],
  [8, 'an act was left out', ({ cases }) => void (cases.done -= 1)],
  [8, 'C1: four votes were enough', ({ cases }) => void cases.cases.case3.events.splice(lastVote(cases.cases.case3.events), 1)],
  [8, 'C2: a vote was for other evidence', ({ cases }) => void (cases.cases.case1.events[lastVote(cases.cases.case1.events)]!.evidenceHash = 'f'.repeat(64))],
  [8, 'C8: an event was altered where it lies', ({ cases }) => void (cases.events.find(({ event }) => event.kind === 'voted')!.event.at += 1)],
  [8, 'C8: an event was taken away', ({ cases }) => void cases.events.splice(cases.events.findIndex(({ event }) => event.kind === 'voted'), 1)],
  [8, 'C9: a representative reads a case', ({ cases }) => void (cases.cases.case3.outsiders[1]!.status = 200)],
  [8, 'C10: an earlier moment is shown otherwise', ({ cases }) => void (cases.cases.case2.shown[1]!.state = 'CLOSED')],
  [9, 'without their word it comes an hour later', ({ silence }) => void (silence.announcedAt = new Date(Date.parse(silence.announcedAt!) + 3_600_000).toISOString())],
  [9, 'it was never announced', ({ announcement }) => void (announcement.announcedAt = null)],
  [9, 'the silent play is not silent', ({ silence }) => void (silence.ofRecipients = 1)],
  [10, 'the brief that nobody opened is opened', ({ receipts }) => void (unopened(receipts.rows['ts-can']!).status = 'OPENED')],
  [10, 'it is not shown to be late', ({ receipts }) => void (unopened(receipts.rows['ts-can']!).isEscalated = false)],
  [10, 'a corrected report was not recalled from one person', ({ receipts }) => void (receipts.rows['s-can']!.find(({ person, status }) => person === 'priya-solberg' && status === 'RECALLED')!.status = 'QUEUED')],
  [11, 'a notice names its case', (run) => void (run.notices.text += run.notices.cases['case3']!)],
  [11, 'a notice lacks what policy has it say in French', ({ notices }) => void (notices.notices.find(({ kind }) => kind === 'BELOW_THRESHOLD')!.fr.known = 'Le seuil.')],
  [11, 'the correction was never made', ({ notices }) => void (notices.notices.find(({ kind }) => kind === 'ANNOUNCEMENT')!.version = 1)],
  [11, 'the public has one notice', ({ notices }) => void notices.notices.pop()],
  [12, 'who did not consent is told', ({ staff }) => void (staff['teva-nilsen'] = 1)],
  [12, 'who consents is told twice', ({ staff }) => void (staff['bryn-castell'] = 2)],
]; // prettier-ignore

describe('one thing is not as it must be', () => {
  test('each check has a run that fails it', () => {
    expect([...new Set(BROKEN.map(([number]) => number))].sort((a, b) => a - b)).toEqual(TITLES.map((_title, at) => at + 1));
  }); // prettier-ignore

  test.each(BROKEN)('check %i fails, and no other: %s', (number, _what, breaks) => {
    const run = structuredClone(recorded) as Writable<Recorded>;
    breaks(run);
    const failed = judge(run as Recorded).filter(({ faults }) => faults.length > 0);
    expect(failed.map((each) => each.number)).toEqual([number]);
  });
});

/** Takes a row out of the first list that says it. */
function without(lists: string[], row: string): void {
  const at = lists.findIndex((each) => each.includes(row));
  lists[at] = (lists[at] ?? '').replace(row, '');
}

function lastVote(events: readonly { readonly kind: string }[]): number {
  return events.map(({ kind }) => kind).lastIndexOf('voted');
}

/** The brief of case 3, with whom it was never opened by. */
function unopened<
  R extends { readonly person: string; readonly from: string; readonly product: { readonly version: number } },
>(rows: readonly R[]): R {
  return rows.find(
    ({ person, from, product }) =>
      person === 'cyprien-lalonde' && from === 'marguerite-thorne' && product.version === 1,
  )!;
}
