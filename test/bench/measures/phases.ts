// Where the time of one view goes, without a broker: the steps of a cut one after another, on records in memory.
// Holds: CPU time a record; the code is that of the rooms as built, or their sources; Kafka's share comes on top.

import { resolve } from 'node:path';
import { createAdmit } from '@sitebus/kit';
import { loadCommonValues } from '@sitebus/fusion';
import { loadPolicy, toSchemaLock, loadSchemaSet, createCodec, type BusRecord } from '@sitebus/sdk';
import { drawReports } from '../drawn-reports.ts';
import { toRecord } from '../indicator-records.ts';
import { readJob, report } from '../job.ts';
import type * as Admitted from '../../../services/fusion/src/admitted-batch.ts';
import type * as Handler from '../../../services/fusion/src/handlers/observations.ts';
import type * as State from '../../../services/fusion/src/engine/state.ts';
import type * as Rules from '../../../services/fusion/src/engine/rules.ts';

const { count, hotValue } = readJob() as unknown as { count: number; hotValue: boolean };
const CUT_RECORDS = 2_000;
const TOP_VIEW = 'ts-can';
const ROOT = resolve(import.meta.dirname, '..', '..', '..');
/** What a package lets nobody import is taken from where its entry lies. */
const { folder, ending } = import.meta.resolve('@sitebus/fusion').endsWith('.ts')
  ? { folder: 'src', ending: 'ts' }
  : { folder: 'dist', ending: 'js' };
const inner = (path: string): Promise<unknown> => import(`${ROOT}/services/fusion/${folder}/${path}.${ending}`);
const { admitBatch, wholeBatch } = (await inner('admitted-batch')) as typeof Admitted;
const { applyCut, toOutgoing } = (await inner('handlers/observations')) as typeof Handler;
const { createState } = (await inner('engine/state')) as typeof State;
const { toRules } = (await inner('engine/rules')) as typeof Rules;

const [policy, set, commonValues] = await Promise.all([
  loadPolicy(`${ROOT}/schemas/policy`),
  loadSchemaSet(`${ROOT}/schemas/avro`),
  loadCommonValues(`${ROOT}/schemas/policy/common-values`),
]);
const codec = createCodec({ lock: toSchemaLock(set) });
const now = Date.now();
const records = drawReports({ count, seed: 7, from: now - 86_400_000, hotValue }).map((drawn, offset): BusRecord => {
  const { topic, value } = toRecord(drawn, codec);
  return { topic, partition: 0, offset: BigInt(offset), key: null, value, headers: {}, timestampMs: now };
});
const view = policy.views.find(({ id }) => id === TOP_VIEW)!;
const parts = { view, policy, codec, commonValues, admit: createAdmit() };
const versions = {
  policyVersion: 1,
  ruleVersion: 1,
  lockVersion: '',
  commonValuesVersion: '',
  engineVersion: 1,
  spills: '',
};
const rules = toRules(policy, commonValues.isSharedSuffix);
let state = createState(view, rules, 7);
let published = 0;
const spent = { admission: 0, step: 0, outgoing: 0 };

for (let at = 0; at < records.length; at += CUT_RECORDS) {
  const cut = records.slice(at, at + CUT_RECORDS);
  const batch = timed('admission', () => admitBatch(cut, parts, rules, 7));
  if (batch.packed.starts.includes(-1)) throw new Error('a record of the bench was not admitted');
  const draft = { seq: 1, now, inputs: [], slices: [wholeBatch(batch)] };
  const result = timed('step', () => applyCut(state, draft, parts));
  state = result.state;
  published += timed('outgoing', () => toOutgoing(draft, result, 'bench', parts, versions)).length;
}
const [admissionMicros, stepMicros, outgoing] = Object.values(spent).map((micros) => micros / count);
report({
  admission: admissionMicros,
  step: stepMicros,
  outgoing,
  own: admissionMicros! + stepMicros! + outgoing!,
  published,
});

function timed<T>(phase: keyof typeof spent, work: () => T): T {
  const from = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(from);
  spent[phase] += user + system;
  return result;
}
