// What one file of policy says about another: every name it uses is defined, and what must fit together does.
// Holds: pure; the first fault is INVALID_POLICY with file and JSON pointer, never a value. Source: README.md#policy

import { isIP } from 'node:net';
import { clearanceDominates, parse } from '@sitebus/marking';
import { invalidPolicy } from './errors.ts';
import { fromKernel, known, unique } from './policy-faults.ts';
import type { Lexicon, Policy } from './policy.ts';

/** Checks a whole policy. Throws INVALID_POLICY (not retriable). */
export function checkReferences(policy: Policy): void {
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
