// Reads schemas/policy into one value: every file against its JSON Schema, then what a schema cannot say.
// Holds: all or nothing, deeply frozen; markings and clearances come from the kernel; a fault names the file and the
// JSON pointer, never a value. Source: README.md#policy

import type { ImportDecision, ImportMapping } from './import-policy.ts';
import { openPolicyFolder, type PolicyFolder } from './policy-folder.ts';
import { checkReferences } from './policy-references.ts';
import {
  toCells, toDeliveries, toPeople, toViews, type CellRow, type DeliveryRows, type PersonRow, type ViewRow,
} from './policy-rows.ts'; // prettier-ignore
import type { Agency, Lexicon, Policy, TopicRule } from './policy.ts';

/** What a policy says of who there is and what links: what a reader is shown of it, whichever version of the code it was written for. */
export type PolicyOutline = Pick<
  Policy,
  'version' | 'homeNation' | 'nationGroups' | 'cells' | 'views' | 'agencies' | 'writers' | 'detection' | 'vocabulary'
>;

/**
 * Reads policy from a folder laid out like schemas/policy.
 * Rejects with INVALID_POLICY (not retriable) {file, pointer, reason} at the first fault.
 */
export async function loadPolicy(dir: string): Promise<Policy> {
  const folder = await openPolicyFolder(dir);
  const { read } = folder;
  const policy: Policy = {
    ...(await outlineOf(folder)),
    people: toPeople((await read<{ people: readonly PersonRow[] }>('people')).people),
    topics: (await read<{ topics: readonly TopicRule[] }>('topics')).topics,
    timers: await read<Policy['timers']>('timers'),
    deliveries: toDeliveries(await read<DeliveryRows>('deliveries')),
    taskForce: await read<Policy['taskForce']>('task-force'),
    cadences: (await read<{ cadence: Policy['cadences'] }>('cadence')).cadence,
    targetNotices: await read<Policy['targetNotices']>('target-notices'),
    ...(await read<Pick<Policy, 'standingTearlines'>>('standing-tearlines')),
    lintWords: await read<Policy['lintWords']>('lint'),
    importDecisions: (await read<{ importDecisions: readonly ImportDecision[] }>('import-decisions')).importDecisions,
    importMappings: (await read<{ importMappings: readonly ImportMapping[] }>('import-mappings')).importMappings,
    ...(await read<Pick<Policy, 'impact' | 'proximity'>>('severity')),
    elections: (await read<Pick<Policy, 'elections'>>('elections')).elections,
    ads: await read<Policy['ads']>('ads'),
    monitor: await read<Policy['monitor']>('monitor'),
    masking: await read<Policy['masking']>('masking'),
    research: await read<Policy['research']>('research'),
    partners: await read<Policy['partners']>('partners'),
    panel: await read<Policy['panel']>('panel'),
    definitions: (await read<Pick<Policy, 'definitions'>>('definitions')).definitions,
    accumulation: (await read<{ groups: Policy['accumulation'] }>('accumulation')).groups,
    lexicons: await loadLexicons(folder),
  };
  checkReferences(policy);
  return freezeDeep(policy);
}

/** Like `loadPolicy`, of the outline alone: the other files may be of a form that this code does not know. */
export async function loadPolicyOutline(dir: string): Promise<PolicyOutline> {
  return freezeDeep(await outlineOf(await openPolicyFolder(dir)));
}

async function outlineOf(folder: PolicyFolder): Promise<PolicyOutline> {
  const { read } = folder;
  const { version, homeNation, nationGroups } =
    await read<Pick<Policy, 'version' | 'homeNation' | 'nationGroups'>>('policy');
  return {
    version,
    homeNation,
    nationGroups,
    cells: toCells((await read<{ cells: readonly CellRow[] }>('cells')).cells),
    views: toViews((await read<{ views: readonly ViewRow[] }>('views')).views),
    agencies: (await read<{ agencies: readonly Agency[] }>('agencies')).agencies,
    writers: (await read<Pick<Policy, 'writers'>>('writers')).writers,
    detection: await read<Policy['detection']>('detection'),
    vocabulary: await loadVocabulary(folder),
  };
}

async function loadVocabulary({ read, namesIn }: PolicyFolder): Promise<Policy['vocabulary']> {
  const names = await namesIn('vocabulary');
  const lists = await Promise.all(
    names.map((name) => read<{ name: string; words: readonly string[] }>(name, 'vocabulary')),
  );
  return Object.fromEntries(lists.map(({ name, words }) => [name, words]));
}

async function loadLexicons({ read, namesIn }: PolicyFolder): Promise<Policy['lexicons']> {
  const names = await namesIn('lexicons');
  return Promise.all(names.map((name) => read<Lexicon>(name, 'lexicon')));
}

function freezeDeep<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}
