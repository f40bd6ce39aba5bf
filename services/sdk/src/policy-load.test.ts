import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { cellOf, clearanceDominates, parse } from '@sitebus/marking';
import { loadPolicy } from './policy-load.ts';
import type { Policy } from './policy.ts';

const policyDir = fileURLToPath(new URL('../../../schemas/policy', import.meta.url));
const typeFiles = await Promise.all(
  [
    'policy.ts',
    'detection-policy.ts',
    'import-policy.ts',
    'partner-policy.ts',
    'task-force-policy.ts',
    'research-policy.ts',
    'panel-policy.ts',
  ].map((file) => readFile(fileURLToPath(new URL(`./${file}`, import.meta.url)), 'utf8')),
);
const types = typeFiles.join('\n');
const made: string[] = [];
let policy: Policy;

beforeAll(async () => {
  policy = await loadPolicy(policyDir);
});
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true }))));

test('the shipped policy loads, and nothing of it can be changed', () => {
  expect(policy.cells.map(({ id }) => id)).toEqual(['open', 'partner', 'pb-can', 's-fvey', 's-can', 'ts-can']);
  expect(policy.agencies.length).toBeGreaterThan(0);
  expect(() => Object.assign(policy.agencies[0]?.name ?? {}, { en: 'x' })).toThrow(TypeError);
});

test('every person may read the view they start in', () => {
  const views = new Map(policy.views.map((view) => [view.id, view.clearance]));
  const cannot = policy.people.filter(({ clearance, homeView }) => {
    const view = views.get(homeView);
    return view === undefined || !clearanceDominates(clearance, view);
  });
  expect(policy.people.length).toBeGreaterThanOrEqual(10);
  expect(cannot).toEqual([]);
});

test('each role of the card has a person, each view an analyst and each seat of the panel one member', () => {
  const roles = [
    'analyst',
    'operator',
    'panel-member',
    'secretariat',
    'cleared-rep',
    'partner-admin',
    'researcher',
    'reviewer',
    'administrator',
    'public',
  ];
  expect(roles.filter((role) => !policy.people.some((person) => person.roles.some((each) => each === role)))).toEqual(
    [],
  );
  const read = policy.people.filter(({ roles: held }) => held.includes('analyst')).map(({ homeView }) => homeView);
  expect(policy.views.map(({ id }) => id).filter((id) => id !== 'public' && !read.includes(id))).toEqual([]);
  const seats = policy.people.flatMap(({ seat }) => seat ?? []);
  expect([seats.length, new Set(seats).size]).toEqual([5, 5]);
});

test('each import decision marks into a cell that its agency may write', () => {
  const outside = policy.importDecisions.filter(({ agency, marking }) => {
    const cell = cellOf(parse(marking, policy), policy.cells)?.id;
    return cell === undefined || !policy.agencies.find(({ id }) => id === agency)?.cells.includes(cell);
  });
  expect(policy.importDecisions.length).toBeGreaterThan(0);
  expect(outside).toEqual([]);
});

/** What is changed in which file, and where the refusal must point. */
const FAULTS: readonly (readonly [string, string, (file: never) => unknown, string])[] = [
  [
    'agencies.json',
    'a home network that is none',
    ({ agencies }: { agencies: { homeNets?: string[] }[] }) => (agencies[0]!.homeNets = ['10.0.0.999/8']),
    '/agencies/0/homeNets/0',
  ],
  [
    'import-mappings.json',
    'a record type for a category that is none',
    ({ importMappings }: { importMappings: { reportTypes?: Record<string, string> }[] }) =>
      (importMappings[0]!.reportTypes = { RUMOUR: 'CovertActivity' }),
    '/importMappings/0/reportTypes/RUMOUR',
  ],
  [
    'cells.json',
    'a rank given twice',
    ({ cells }: { cells: { rank: number }[] }) => (cells[1]!.rank = 1),
    '/cells/1/rank',
  ],
  [
    'cells.json',
    'an unknown nation',
    ({ cells }: { cells: { ceiling: { relTo: unknown } }[] }) => (cells[2]!.ceiling.relTo = ['ZZZ']),
    '/cells/2/ceiling',
  ],
  [
    'views.json',
    'a level that does not exist',
    ({ views }: { views: { clearance: { classified: string } }[] }) => (views[0]!.clearance.classified = 'COSMIC'),
    '/views/0/clearance/classified',
  ],
  [
    'agencies.json',
    'a cell that does not exist',
    ({ agencies }: { agencies: { cells: string[] }[] }) => agencies[0]!.cells.push('attic'),
    '/agencies/0/cells/6',
  ],
  [
    'agencies.json',
    'an unknown property',
    ({ agencies }: { agencies: object[] }) => Object.assign(agencies[0]!, { colour: 'red' }),
    '/agencies/0',
  ],
  [
    'people.json',
    'a home view that does not exist',
    ({ people }: { people: { homeView: string }[] }) => (people[0]!.homeView = 'attic'),
    '/people/0/homeView',
  ],
  [
    'people.json',
    'a partial row',
    ({ people }: { people: { clearance?: unknown }[] }) => delete people[0]!.clearance,
    '/people/0',
  ],
  [
    'writers.json',
    'an agency that does not exist',
    ({ writers }: { writers: Record<string, string[]> }) => (writers['AdFinding'] = ['nobody']),
    '/writers/AdFinding/0',
  ],
  [
    'import-decisions.json',
    'a marking that cannot be parsed',
    ({ importDecisions }: { importDecisions: { marking: string }[] }) => (importDecisions[0]!.marking = 'secret'),
    '/importDecisions/0/marking',
  ],
  [
    'import-mappings.json',
    'a category outside the vocabulary',
    ({ importMappings }: { importMappings: { category: string }[] }) => (importMappings[0]!.category = 'GOSSIP'),
    '/importMappings/0/category',
  ],
  [
    'severity.json',
    'a category without impact',
    ({ impact }: { impact: Record<string, number> }) => delete impact['DDOS'],
    '/impact',
  ],
  [
    'task-force.json',
    'two agencies that chair at once',
    ({ chair }: { chair: object[] }) =>
      chair.push({ agency: 'cse', from: '2030-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' }),
    '/chair/1/from',
  ],
  [
    'target-notices.json',
    'a step that only one language has',
    ({ templates }: { templates: { fr: { steps: string[] } }[] }) => templates[0]!.fr.steps.push('Attendez.'),
    '/templates/0/fr/steps',
  ],
  [
    'standing-tearlines.json',
    'a consent of nobody',
    ({ standingTearlines }: { standingTearlines: { approvedBy: string }[] }) =>
      (standingTearlines[0]!.approvedBy = 'nobody'),
    '/standingTearlines/0/approvedBy',
  ],
  [
    'research.json',
    'a view that policy does not define',
    ({ views }: { views: string[] }) => views.push('nowhere'),
    '/views/2',
  ],
  [
    'deliveries.json',
    'a channel above its view',
    ({ channels }: { channels: { clearance: { classified: string } }[] }) =>
      (channels[0]!.clearance.classified = 'TOP_SECRET'),
    '/channels/0/clearance',
  ],
  [
    'deliveries.json',
    'two channels of one kind in a view',
    ({ channels }: { channels: object[] }) => channels.push(channels[0]!),
    '/channels/8/view',
  ],
  [
    'deliveries.json',
    'waits that get shorter',
    ({ retry }: { retry: { longestSeconds: number } }) => (retry.longestSeconds = 1),
    '/retry/longestSeconds',
  ],
  [
    'detection.json',
    'a weight below zero',
    ({ weights }: { weights: Record<string, number> }) => (weights['ip'] = -1),
    '/weights/ip',
  ],
];

test.each(FAULTS)('%s with %s is refused, with the file and the pointer', async (file, _what, change, pointer) => {
  const dir = await copyOfPolicy();
  const content: unknown = JSON.parse(await readFile(join(dir, file), 'utf8'));
  change(content as never);
  await writeFile(join(dir, file), JSON.stringify(content));
  await expect(loadPolicy(dir)).rejects.toMatchObject({
    code: 'INVALID_POLICY',
    retriable: false,
    details: { file, pointer },
  });
});

test('every schema of policy is a JSON Schema: what loads policy relies on it', () => {
  const ajv = new Ajv2020();
  for (const name of readdirSync(join(policyDir, 'schema'))) {
    const schema = JSON.parse(readFileSync(join(policyDir, 'schema', name), 'utf8')) as AnySchemaObject;
    void ajv.validateSchema(schema);
    expect([name, ajv.errors]).toEqual([name, null]);
  }
});

test('a missing file and a file that is not JSON are refused by name', async () => {
  const dir = await copyOfPolicy();
  await writeFile(join(dir, 'topics.json'), '{');
  await expect(loadPolicy(dir)).rejects.toMatchObject({
    code: 'INVALID_POLICY',
    details: { file: 'topics.json', reason: 'is not JSON' },
  });
  await rm(join(dir, 'topics.json'));
  await expect(loadPolicy(dir)).rejects.toMatchObject({
    code: 'INVALID_POLICY',
    details: { file: 'topics.json', reason: 'cannot be read' },
  });
});

/** Type in policy.ts, JSON Schema, and where in it the same object is described. */
const SHAPES: readonly (readonly [string, string, readonly string[]])[] = [
  ['Agency', 'agencies', ['properties', 'agencies', 'items']],
  ['View', 'views', ['properties', 'views', 'items']],
  ['Person', 'people', ['properties', 'people', 'items']],
  ['TopicRule', 'topics', ['properties', 'topics', 'items']],
  ['Timers', 'timers', []],
  ['AcknowledgementTimers', 'timers', ['properties', 'notifications']],
  ['Deputy', 'timers', ['properties', 'deputies', 'items']],
  ['AffectedPartyTimers', 'timers', ['properties', 'affectedParties']],
  ['TargetNoticeTimers', 'timers', ['properties', 'targetNotices']],
  ['FeedbackTimers', 'timers', ['properties', 'feedback']],
  ['RfiTimers', 'timers', ['properties', 'rfis']],
  ['TaskForce', 'task-force', []],
  ['ChairPeriod', 'task-force', ['properties', 'chair', 'items']],
  ['SitrepSection', 'task-force', ['properties', 'sections', 'items']],
  ['Cadence', 'cadence', ['properties', 'cadence', 'items']],
  ['ResearchPolicy', 'research', []],
  ['TargetNotices', 'target-notices', []],
  ['NoticeTemplate', 'target-notices', ['properties', 'templates', 'items']],
  ['NoticeWords', 'target-notices', ['properties', 'templates', 'items', 'properties', 'en']],
  ['LintWords', 'lint', []],
  ['StandingTearline', 'standing-tearlines', ['properties', 'standingTearlines', 'items']],
  ['PanelRules', 'panel', []],
  ['PanelRecipient', 'panel', ['properties', 'recipients', 'items']],
  ['Definition', 'definitions', ['properties', 'definitions', 'items']],
  ['AccumulationGroup', 'accumulation', ['properties', 'groups', 'items']],
  ['Detection', 'detection', []],
  ['PartnerRules', 'partners', []],
  ['PartnerGrant', 'partners', ['properties', 'everyTenant']],
  ['PartnerDecision', 'partners', ['properties', 'sources', 'items', 'properties', 'decisions', 'items']],
  ['PartnerQuota', 'partners', ['properties', 'quota']],
  ['OwnKeyRules', 'partners', ['properties', 'ownKeys']],
  ['ImportDecision', 'import-decisions', ['properties', 'importDecisions', 'items']],
  ['ImportMapping', 'import-mappings', ['properties', 'importMappings', 'items']],
];

test.each(SHAPES)(
  'the type %s has the keys of its JSON Schema, required and optional alike',
  async (type, schema, path) => {
    const keys = keysOfType(type);
    expect(keys.required.length).toBeGreaterThan(0);
    expect(await keysOfSchema(schema, path)).toEqual(keys);
  },
);

async function copyOfPolicy(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-policy-'));
  made.push(dir);
  await cp(policyDir, dir, { recursive: true });
  return dir;
}

interface Keys {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

function keysOfType(name: string): Keys {
  const body = new RegExp(`^export interface ${name} \\{\\n([^}]*)^\\}`, 'm').exec(types)?.[1] ?? '';
  const properties = [...body.matchAll(/^ {2}readonly (\w+)(\??):/gm)];
  const keys = (mark: string) =>
    properties.flatMap(([, key, optional]) => (optional === mark ? [key ?? ''] : [])).sort();
  return { required: keys(''), optional: keys('?') };
}

async function keysOfSchema(name: string, path: readonly string[]): Promise<Keys> {
  let node: Record<string, unknown> = JSON.parse(await readFile(join(policyDir, 'schema', `${name}.json`), 'utf8'));
  for (const key of path) node = node[key] as Record<string, unknown>;
  const required = [...(node['required'] as string[])].sort();
  const optional = Object.keys(node['properties'] as object)
    .filter((key) => !required.includes(key))
    .sort();
  return { required, optional };
}
