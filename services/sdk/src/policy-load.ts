// Reads schemas/policy into one value: every file against its JSON Schema, then what a schema cannot say.
// Holds: all or nothing, deeply frozen; markings and clearances come from the kernel; a fault names the file and the
// JSON pointer, never a value. Source: README.md#policy

import { readFile, readdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { clearanceDominates, createClearance, createMarking, parse, type Cell, type Clearance } from '@sitebus/marking';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { DeliveryPolicy } from './delivery-policy.ts';
import { invalidPolicy } from './errors.ts';
import type { Agency, ImportDecision, ImportMapping, Lexicon, Person, Policy, TopicRule, View } from './policy.ts';

/**
 * Reads policy from a folder laid out like schemas/policy.
 * Rejects with INVALID_POLICY (not retriable) {file, pointer, reason} at the first fault.
 */
export async function loadPolicy(dir: string): Promise<Policy> {
  const checks = await loadChecks(join(dir, 'schema'));
  const read = async <F>(name: string, check = name): Promise<F> =>
    checked(await readJson(dir, `${name}.json`), name, checks.get(check)) as F;
  const { version, homeNation, nationGroups } =
    await read<Pick<Policy, 'version' | 'homeNation' | 'nationGroups'>>('policy');
  const cells = toCells((await read<{ cells: readonly CellRow[] }>('cells')).cells);
  const views = toViews((await read<{ views: readonly ViewRow[] }>('views')).views);
  const policy: Policy = {
    version,
    homeNation,
    nationGroups,
    cells,
    views,
    agencies: (await read<{ agencies: readonly Agency[] }>('agencies')).agencies,
    people: toPeople((await read<{ people: readonly PersonRow[] }>('people')).people),
    topics: (await read<{ topics: readonly TopicRule[] }>('topics')).topics,
    timers: await read<Policy['timers']>('timers'),
    deliveries: toDeliveries(await read<DeliveryRows>('deliveries')),
    taskForce: await read<Policy['taskForce']>('task-force'),
    cadences: (await read<{ cadence: Policy['cadences'] }>('cadence')).cadence,
    targetNotices: await read<Policy['targetNotices']>('target-notices'),
    ...(await read<Pick<Policy, 'standingTearlines'>>('standing-tearlines')),
    lintWords: await read<Policy['lintWords']>('lint'),
    writers: (await read<Pick<Policy, 'writers'>>('writers')).writers,
    detection: await read<Policy['detection']>('detection'),
    importDecisions: (await read<{ importDecisions: readonly ImportDecision[] }>('import-decisions')).importDecisions,
    importMappings: (await read<{ importMappings: readonly ImportMapping[] }>('import-mappings')).importMappings,
    vocabulary: await loadVocabulary(dir, read),
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
    lexicons: await loadLexicons(dir, read),
  };
  checkReferences(policy);
  return freezeDeep(policy);
}

/** A view's clearance ends by policy, not by time. */
type ViewRow = Omit<View, 'clearance'> & { readonly clearance: Omit<Clearance, 'validUntil' | 'epoch'> };
type PersonRow = Omit<Person, 'clearance'> & {
  readonly clearance: Omit<Clearance, 'validUntil'> & { readonly validUntil: string };
};
type DeliveryRows = Omit<DeliveryPolicy, 'channels'> & {
  readonly channels: readonly (Omit<DeliveryPolicy['channels'][number], 'clearance'> & Pick<ViewRow, 'clearance'>)[];
};
type CellRow = Omit<Cell, 'ceiling'> & { readonly ceiling: Parameters<typeof createMarking>[0] };
type Read = <F>(name: string, check?: string) => Promise<F>;

async function loadChecks(dir: string): Promise<ReadonlyMap<string, ValidateFunction>> {
  const files = (await filesIn(dir, 'schema')).sort();
  const checks = await Promise.all(
    files.map(async (file) => [file.replace(/\.json$/, ''), checkOf((await readJson(dir, file)) as object)] as const),
  );
  return new Map(checks);
}

const compiled = new Map<string, ValidateFunction>();
let compiler: Ajv2020 | undefined;

/** Compiling is most of what loading costs, and a process loads the same policy more than once. */
function checkOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema);
  const before = compiled.get(text);
  if (before !== undefined) return before;
  const check = (compiler ??= createCompiler()).compile(schema);
  compiled.set(text, check);
  return check;
}

/** One for all files. That ours are schemas is held by a test: compiling the schema of schemas costs more than all of them. */
function createCompiler(): Ajv2020 {
  // By their ids they would stand in each other's way: two folders of policy may hold two versions of a file.
  const addUsedSchema = false;
  const code = { optimize: false }; // each check runs once a load, so tidying its code costs more than it saves
  const ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictRequired: false,
    addUsedSchema,
    code,
    validateSchema: false,
  });
  addFormats.default(ajv, ['uuid', 'date-time']);
  return ajv;
}

async function loadVocabulary(dir: string, read: Read): Promise<Policy['vocabulary']> {
  const files = (await filesIn(join(dir, 'vocabulary'), 'vocabulary')).sort();
  const lists = await Promise.all(
    files.map((file) =>
      read<{ name: string; words: readonly string[] }>(`vocabulary/${file.replace(/\.json$/, '')}`, 'vocabulary'),
    ),
  );
  return Object.fromEntries(lists.map(({ name, words }) => [name, words]));
}

async function loadLexicons(dir: string, read: Read): Promise<Policy['lexicons']> {
  const files = (await filesIn(join(dir, 'lexicons'), 'lexicons')).sort();
  return Promise.all(files.map((file) => read<Lexicon>(`lexicons/${file.replace(/\.json$/, '')}`, 'lexicon')));
}

async function filesIn(dir: string, file: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'the folder cannot be read' }, cause);
  }
}

async function readJson(dir: string, file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(dir, file), 'utf8');
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'cannot be read' }, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidPolicy({ file, pointer: '', reason: 'is not JSON' }, cause);
  }
}

function checked(content: unknown, name: string, check: ValidateFunction | undefined): unknown {
  const file = `${name}.json`;
  if (check === undefined) throw invalidPolicy({ file, pointer: '', reason: 'has no JSON Schema' });
  if (check(content)) return content;
  const [error] = check.errors ?? [];
  throw invalidPolicy({ file, pointer: error?.instancePath ?? '', reason: reasonOf(error) });
}

function reasonOf(error: NonNullable<ValidateFunction['errors']>[number] | undefined): string {
  if (error?.keyword === 'additionalProperties')
    return `has the unknown property ${String(error.params['additionalProperty'])}`;
  return error?.message ?? 'does not fit its JSON Schema';
}

function toCells(rows: readonly CellRow[]): readonly Cell[] {
  unique(rows, ({ id }) => id, 'cells.json', '/cells', 'id');
  unique(rows, ({ rank }) => rank, 'cells.json', '/cells', 'rank');
  const cells = rows.map((row, index) => ({
    ...row,
    ceiling: fromKernel(() => createMarking(row.ceiling), 'cells.json', `/cells/${index}/ceiling`),
  }));
  return cells.sort((a, b) => a.rank - b.rank);
}

function toViews(rows: readonly ViewRow[]): readonly View[] {
  unique(rows, ({ id }) => id, 'views.json', '/views', 'id');
  unique(rows, ({ namespace }) => namespace, 'views.json', '/views', 'namespace');
  return rows.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Number.POSITIVE_INFINITY, epoch: 0 };
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'views.json', `/views/${index}/clearance`) };
  });
}

/** As a view's, a channel's clearance ends by policy. */
function toDeliveries(rows: DeliveryRows): DeliveryPolicy {
  unique(rows.channels, ({ view, deliver }) => `${deliver} ${view}`, 'deliveries.json', '/channels', 'view');
  const channels = rows.channels.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Number.POSITIVE_INFINITY, epoch: 0 };
    const place = `/channels/${index}/clearance`;
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'deliveries.json', place) };
  });
  return { ...rows, channels };
}

function toPeople(rows: readonly PersonRow[]): readonly Person[] {
  unique(rows, ({ person }) => person, 'people.json', '/people', 'person');
  unique(rows, ({ issuer, subject }) => `${issuer} ${subject}`, 'people.json', '/people', 'subject');
  return rows.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Date.parse(row.clearance.validUntil) };
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'people.json', `/people/${index}/clearance`) };
  });
}

/** What one file says about another. */
function checkReferences(policy: Policy): void {
  const cellIds = new Set(policy.cells.map(({ id }) => id));
  const agencyIds = new Set(policy.agencies.map(({ id }) => id));
  const viewIds = new Set(policy.views.map(({ id }) => id));
  unique(policy.agencies, ({ id }) => id, 'agencies.json', '/agencies', 'id');
  unique(policy.agencies, ({ namespace }) => namespace, 'agencies.json', '/agencies', 'namespace');
  for (const [index, { cells, homeNets }] of policy.agencies.entries()) {
    for (const [at, cell] of cells.entries()) known(cell, cellIds, 'agencies.json', `/agencies/${index}/cells/${at}`);
    for (const [at, net] of (homeNets ?? []).entries())
      if (isIP(net.slice(0, net.indexOf('/'))) === 0)
        throw invalidPolicy({
          file: 'agencies.json',
          pointer: `/agencies/${index}/homeNets/${at}`,
          reason: 'is no network',
        });
  }
  const lexiconIds = new Set(policy.lexicons.map(({ id }) => id));
  for (const [index, { agency, homeView, lexicon }] of policy.people.entries()) {
    if (lexicon !== undefined) known(lexicon, lexiconIds, 'people.json', `/people/${index}/lexicon`);
    known(homeView, viewIds, 'people.json', `/people/${index}/homeView`);
    if (agency !== undefined) known(agency, agencyIds, 'people.json', `/people/${index}/agency`);
  }
  const persons = new Set(policy.people.map(({ person }) => person));
  unique(policy.timers.deputies, ({ person }) => person, 'timers.json', '/deputies', 'person');
  for (const [index, { person, deputy }] of policy.timers.deputies.entries()) {
    known(person, persons, 'timers.json', `/deputies/${index}/person`);
    known(deputy, persons, 'timers.json', `/deputies/${index}/deputy`);
  }
  for (const [type, agencies] of Object.entries(policy.writers))
    for (const [at, agency] of agencies.entries())
      if (agency !== 'partner-*') known(agency, agencyIds, 'writers.json', `/writers/${type}/${at}`);
  checkImports(policy, agencyIds);
  for (const [at, view] of policy.research.views.entries()) known(view, viewIds, 'research.json', `/views/${at}`);
  checkPartners(policy, viewIds);
  checkCategories(policy);
  checkTaskForce(policy, agencyIds);
  checkTargetNotices(policy, agencyIds, viewIds);
  checkElections(policy);
  checkDeliveries(policy, viewIds);
  checkAds(policy, agencyIds);
  checkPanel(policy, agencyIds);
  for (const lexicon of policy.lexicons) checkLexicon(lexicon);
}

/** What goes out of a view is within it: so whoever may enter may be sent what the channel may carry. */
function checkDeliveries({ deliveries, views }: Policy, viewIds: ReadonlySet<string>): void {
  for (const [index, { view, clearance }] of deliveries.channels.entries()) {
    known(view, viewIds, 'deliveries.json', `/channels/${index}/view`);
    const within = views.some((each) => each.id === view && clearanceDominates(each.clearance, clearance));
    const pointer = `/channels/${index}/clearance`;
    if (!within) throw invalidPolicy({ file: 'deliveries.json', pointer, reason: 'is above its view' });
  }
  const { firstSeconds, longestSeconds } = deliveries.retry;
  if (longestSeconds < firstSeconds)
    throw invalidPolicy({
      file: 'deliveries.json',
      pointer: '/retry/longestSeconds',
      reason: 'is below the first wait',
    });
}

function checkElections({ elections, proximity }: Policy): void {
  unique(elections, ({ id }) => id, 'elections.json', '/elections', 'id');
  unique(proximity, ({ fromDays }) => fromDays, 'severity.json', '/proximity', 'fromDays');
  for (const [index, { timeZone, pollingDay }] of elections.entries()) {
    const refuse = (field: string, reason: string) =>
      invalidPolicy({ file: 'elections.json', pointer: `/elections/${index}/${field}`, reason });
    const day = new Date(`${pollingDay}T00:00:00Z`);
    if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(pollingDay))
      throw refuse('pollingDay', 'is no day of the calendar');
    try {
      new Intl.DateTimeFormat('en', { timeZone });
    } catch {
      throw refuse('timeZone', 'is no time zone');
    }
  }
}

/** Every member is an agency, and at most one of them chairs at any moment. */
function checkTaskForce({ taskForce, cadences, homeNation }: Policy, agencyIds: ReadonlySet<string>): void {
  const file = 'task-force.json';
  unique(cadences, ({ id }) => id, 'cadence.json', '/cadence', 'id');
  unique(taskForce.sections, ({ id }) => id, file, '/sections', 'id');
  fromKernel(() => parse(taskForce.reportMarking, { homeNation }), file, '/reportMarking');
  for (const [index, agency] of taskForce.members.entries()) known(agency, agencyIds, file, `/members/${index}`);
  for (const [index, { agency, from, to }] of taskForce.chair.entries()) {
    known(agency, agencyIds, file, `/chair/${index}/agency`);
    const others = taskForce.chair.slice(0, index);
    const overlaps = others.some(
      (other) => Date.parse(from) < Date.parse(other.to) && Date.parse(other.from) < Date.parse(to),
    );
    if (overlaps || Date.parse(from) >= Date.parse(to))
      throw invalidPolicy({ file, pointer: `/chair/${index}/from`, reason: 'is no time of its own' });
  }
}

/** A template for every category, and consents of agencies that there are. */
function checkTargetNotices(
  { targetNotices, standingTearlines, vocabulary, people }: Policy,
  agencyIds: ReadonlySet<string>,
  viewIds: ReadonlySet<string>,
): void {
  const categories = new Set(vocabulary['Category']);
  const persons = new Set(people.map(({ person }) => person));
  const templates = 'target-notices.json';
  known(targetNotices.view, viewIds, templates, '/view');
  unique(targetNotices.templates, ({ id }) => id, templates, '/templates', 'id');
  for (const [index, template] of targetNotices.templates.entries()) {
    for (const [at, category] of template.categories.entries())
      known(category, categories, templates, `/templates/${index}/categories/${at}`);
    if (template.en.steps.length !== template.fr.steps.length)
      throw invalidPolicy({
        file: templates,
        pointer: `/templates/${index}/fr/steps`,
        reason: 'has another number of steps than English',
      });
  }
  if (targetNotices.templates.filter(({ categories: of }) => of.length === 0).length !== 1)
    throw invalidPolicy({
      file: templates,
      pointer: '/templates',
      reason: 'needs one template for all other categories',
    });
  for (const [index, { agency, category, approvedBy }] of standingTearlines.entries()) {
    known(agency, agencyIds, 'standing-tearlines.json', `/standingTearlines/${index}/agency`);
    known(category, categories, 'standing-tearlines.json', `/standingTearlines/${index}/category`);
    known(approvedBy, persons, 'standing-tearlines.json', `/standingTearlines/${index}/approvedBy`);
  }
}

/** Platforms are named once, months run forward and never twice, and the monitor counts in the days of an election. */
function checkAds({ ads, elections, monitor }: Policy, agencyIds: ReadonlySet<string>): void {
  unique(ads.platforms, ({ id }) => id, 'ads.json', '/platforms', 'id');
  for (const [index, { agency, visits }] of ads.platforms.entries()) {
    if (agency !== undefined) known(agency, agencyIds, 'ads.json', `/platforms/${index}/agency`);
    for (const [at, { from, to }] of visits.entries())
      if (to < from || visits.some((other, place) => place < at && other.from <= to && other.to >= from))
        throw invalidPolicy({
          file: 'ads.json',
          pointer: `/platforms/${index}/visits/${at}`,
          reason: 'leaves its order',
        });
  }
  known(monitor.electionId, new Set(elections.map(({ id }) => id)), 'monitor.json', '/electionId');
}

function checkPanel({ panel, definitions, accumulation, cadences }: Policy, agencyIds: ReadonlySet<string>): void {
  unique(panel.seats, ({ id }) => id, 'panel.json', '/seats', 'id');
  unique(definitions, ({ id }) => id, 'definitions.json', '/definitions', 'id');
  unique(accumulation, ({ id }) => id, 'accumulation.json', '/groups', 'id');
  for (const [at, agency] of panel.openingAgencies.entries())
    known(agency, agencyIds, 'panel.json', `/openingAgencies/${at}`);
  for (const [at, { agency }] of panel.recipients.entries())
    if (agency !== undefined) known(agency, agencyIds, 'panel.json', `/recipients/${at}/agency`);
  known(panel.writCadence, new Set(cadences.map(({ id }) => id)), 'panel.json', '/writCadence');
}

/** Every whole per cent has one term, and every term a place. */
function checkLexicon({ id, bands }: Lexicon): void {
  const file = `lexicons/${id}.json`;
  unique(bands, ({ term }) => term.en, file, '/bands', 'term/en');
  unique(bands, ({ term }) => term.fr, file, '/bands', 'term/fr');
  for (const [index, { lower, row }] of bands.entries()) {
    const before = bands[index - 1];
    const inOrder = before === undefined ? lower === 0 : lower > before.lower && row > before.row;
    if (!inOrder) throw invalidPolicy({ file, pointer: `/bands/${index}/lower`, reason: 'leaves its order' });
  }
}

function checkImports(policy: Policy, agencyIds: ReadonlySet<string>): void {
  unique(policy.importDecisions, ({ id }) => id, 'import-decisions.json', '/importDecisions', 'id');
  for (const [index, { agency, marking }] of policy.importDecisions.entries()) {
    const pointer = `/importDecisions/${index}`;
    known(agency, agencyIds, 'import-decisions.json', `${pointer}/agency`);
    fromKernel(() => parse(marking, policy), 'import-decisions.json', `${pointer}/marking`);
  }
  unique(
    policy.importMappings,
    ({ agency, source }) => `${agency} ${source}`,
    'import-mappings.json',
    '/importMappings',
    'source',
  );
  for (const [index, { agency, category, sourceKind, reportTypes }] of policy.importMappings.entries()) {
    const pointer = `/importMappings/${index}`;
    known(agency, agencyIds, 'import-mappings.json', `${pointer}/agency`);
    for (const name of Object.keys(reportTypes ?? {}))
      if (name !== '*')
        known(name, new Set(policy.vocabulary['Category']), 'import-mappings.json', `${pointer}/reportTypes/${name}`);
    known(category, new Set(policy.vocabulary['Category']), 'import-mappings.json', `${pointer}/category`);
    known(sourceKind, new Set(policy.vocabulary['SourceKind']), 'import-mappings.json', `${pointer}/sourceKind`);
  }
}

/** What tenants are given exists, and no decision marks into a cell that no tenant may write. */
function checkPartners(policy: Policy, viewIds: ReadonlySet<string>): void {
  const { everyTenant, sources } = policy.partners;
  const file = 'partners.json';
  known(everyTenant.homeView, viewIds, file, '/everyTenant/homeView');
  const cellIds = new Set(policy.cells.map(({ id }) => id));
  for (const [index, cell] of everyTenant.cells.entries()) known(cell, cellIds, file, `/everyTenant/cells/${index}`);
  unique(sources, ({ source, format }) => `${source} ${format}`, file, '/sources', 'source');
  for (const [index, { category, sourceKind, decisions }] of sources.entries()) {
    const pointer = `/sources/${index}`;
    known(category, new Set(policy.vocabulary['Category']), file, `${pointer}/category`);
    known(sourceKind, new Set(policy.vocabulary['SourceKind']), file, `${pointer}/sourceKind`);
    for (const [at, { marking }] of decisions.entries())
      fromKernel(() => parse(marking, policy), file, `${pointer}/decisions/${at}/marking`);
  }
}

/** Every category has an impact, and nothing else has. */
function checkCategories({ vocabulary, impact }: Policy): void {
  const categories = new Set(vocabulary['Category']);
  for (const category of Object.keys(impact)) known(category, categories, 'severity.json', `/impact/${category}`);
  for (const category of categories)
    if (!Object.hasOwn(impact, category))
      throw invalidPolicy({ file: 'severity.json', pointer: '/impact', reason: `lacks ${category}` });
}

function known(value: string, among: ReadonlySet<string>, file: string, pointer: string): void {
  if (!among.has(value)) throw invalidPolicy({ file, pointer, reason: 'names what policy does not define' });
}

function unique<R>(rows: readonly R[], keyOf: (row: R) => unknown, file: string, pointer: string, field: string): void {
  const seen = new Set<unknown>();
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row);
    if (seen.has(key)) throw invalidPolicy({ file, pointer: `${pointer}/${index}/${field}`, reason: 'is there twice' });
    seen.add(key);
  }
}

/** The kernel's refusal, with the place in the file; its code is the reason. */
function fromKernel<V>(make: () => V, file: string, pointer: string): V {
  try {
    return make();
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'REFUSED';
    throw invalidPolicy({ file, pointer, reason: `the marking kernel says ${code}` }, cause);
  }
}

function freezeDeep<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}
