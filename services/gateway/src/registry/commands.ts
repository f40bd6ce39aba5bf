// What is changed in the registry: partners and people by two administrators; keys by whom they open for.
// Holds: whoever asks is an administrator by the writer's own rows at that moment, whatever the route that let them through
// said; who proposed never approves, and nobody decides about themselves; what is approved is what was read; a tenant's people
// have no more than their tenant; a command is decided on the writer's own rows, one after the other.
// Source: README.md#people-and-partners

import { randomUUID } from 'node:crypto';
import { clearanceDominates, createClearance } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import { createSpillCopy, groupsOf, isPersonRow, tenantAgency } from '@sitebus/kit';
import type { SpillEntry, Tenant } from '@sitebus/kit';
import { groupOf, REGISTRY_PRINCIPAL, silentLog, writerOf } from '@sitebus/sdk';
import type { Bilingual, BusPort, Clock, Policy, Role } from '@sitebus/sdk';
import { createSpillCommands } from '../spills/commands.ts';
import type { SpillCommands } from '../spills/commands.ts';
import { failClosed, illegalTransition, invalidBody, notFound, preconditionFailed, roleNotAllowed } from '../errors.ts';
import type { KeyRow, PartnerProposal, PersonProposal, PersonRow, ProposalRow } from '@sitebus/kit';
import { nameOf, proposalHash } from './proposal-hash.ts';
import type { RegistryWriter } from './writer.ts';

/** What somebody asks for; who asks is the administrator's `Person.person`, anybody else gets `role-not-allowed`. */
export interface RegistryCommands {
  /** Throws `invalid-body` for groups policy does not know, `illegal-transition` where the slug is or was a partner's. */
  proposePartner(by: string, wish: { slug: string; groups: readonly string[]; name?: Bilingual }): Promise<PartnerProposal>;
  /** The partner, and the key of its system, shown this once. Throws as `approvePerson` does. */
  approvePartner(by: string, slug: string, read: string): Promise<{ tenant: Tenant; key: string }>;
  /** Ends it: keys, people and so streams at once; what it wrote stays. Throws `not-found`, `illegal-transition`. */
  offboard(by: string, slug: string): Promise<Tenant>;
  /** Ends the keys of its system and makes a new one, shown this once. Throws `not-found`, `illegal-transition`. */
  rotateKey(by: string, slug: string): Promise<{ tenant: Tenant; key: string }>;
  /** Throws `invalid-body` for a row that policy or its tenant does not allow. */
  proposePerson(by: string, row: Omit<PersonRow, 'seed'>): Promise<PersonProposal>;
  /** `read`: `proposalHash` of what was shown. Throws `precondition-failed` where another one waits, `not-found`, `illegal-transition`. */
  approvePerson(by: string, person: string, read: string): Promise<PersonRow>;
  /** A key of the asker's own, shown this once; `label` begins its name. Throws `invalid-body`, `illegal-transition` for one too many. */
  createKey(by: string, wish: KeyWish): Promise<{ row: KeyRow; key: string }>;
  /** Ends a key of the asker's own, or as an administrator anybody's. Throws `not-found`. */
  revokeKey(by: string, name: string): Promise<void>;
  /** As `SpillCommands` says; `fail-closed` where this process does not write the lists. */
  proposeSpill(by: string, note: string): Promise<SpillEntry>;
  confirmSpill(by: string, id: string, note: string): Promise<SpillEntry>;
} // prettier-ignore

/** What somebody wants of a key. */
export interface KeyWish {
  readonly label: string;
  /** As `KeyRow` has them. */
  readonly routes: readonly string[];
  /** Undefined: as long as policy says. */
  readonly days?: number;
}

/** The person that a partner's system signs in as. */
export const SYSTEM_ISSUER = 'urn:sitebus:partner';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Makes the commands of the one process that writes the registry. */
export function createRegistryCommands(parts: {
  readonly writer: RegistryWriter;
  readonly policy: Policy;
  readonly clock: Clock;
  /** As the registry's principal sees it; absent: nothing is spilled through these commands. */
  readonly bus?: BusPort;
}): RegistryCommands {
  const { writer, policy, clock } = parts;
  const spillCommands = parts.bus === undefined ? undefined : spillCommandsOf({ ...parts, bus: parts.bus });
  let last: Promise<unknown> = Promise.resolve();
  const after = async <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
  const inTurn = <T>(by: string, act: () => Promise<T>): Promise<T> =>
    after(() => {
      if (!isAdministrator(by, writer.held(), clock.now())) throw roleNotAllowed({});
      return act();
    });
  const keysOf = (person: string): readonly KeyRow[] =>
    writer.held().keys.filter((key) => key.person === person && clock.now() < key.expiresAt);
  const tenantOf = (slug: string): Tenant | undefined => writer.held().tenants.find((tenant) => tenant.slug === slug);
  const activeTenant = (slug: string): Tenant => {
    const tenant = tenantOf(slug);
    if (tenant === undefined) throw notFound({});
    if (tenant.state !== 'ACTIVE') throw illegalTransition({ possible: [] });
    return tenant;
  };
  /** The proposal that waits, which must be the one that was read: the gateway that showed it may have been behind. */
  const pending = <K extends ProposalRow['kind']>(kind: K, name: string, read: string): Extract<ProposalRow, { kind: K }> => {
    const found = writer.held().proposals.find((each) => each.kind === kind && nameOf(each) === name);
    if (found === undefined || clock.now() >= found.until) throw notFound({});
    if (proposalHash(found) !== read) throw preconditionFailed({ etag: '' }); // of this reader's own copy, which is not here
    return found as Extract<ProposalRow, { kind: K }>; // its kind was compared
  }; // prettier-ignore
  const proposed = (by: string) => {
    const at = clock.now();
    return { by, at, until: at + policy.partners.proposalHours * HOUR_MS };
  };
  /** A row and a key of the partner's system, in place of those it had. */
  const equipped = async (tenant: Tenant): Promise<string> => {
    const row = systemOf(tenant, policy, clock.now() + policy.partners.keyDays * DAY_MS);
    for (const { name, person } of writer.held().keys) if (person === row.person) await writer.revokeKey(name);
    await writer.put(row);
    return writer.issueKey({ name: keyNameOf(tenant.slug), person: row.person, days: policy.partners.keyDays });
  };

  return {
    proposePartner: (by, { slug, groups, name }) =>
      inTurn(by, async () => {
        if (tenantOf(slug) !== undefined) throw illegalTransition({ possible: [] }); // a slug is given once
        const known = groupsOf(policy);
        const at = groups.findIndex((group) => !known.has(group));
        if (at >= 0) throw refusedAt(`/groups/${at}`, 'UNKNOWN_GROUP', 'policy knows no such group');
        const all = [...new Set([...policy.partners.everyTenant.groups, ...groups])].sort();
        const tenant = { slug, groups: all, name: name ?? { en: slug, fr: slug } };
        const proposal: PartnerProposal = { kind: 'partner', ...proposed(by), tenant };
        await writer.putProposal(proposal);
        return proposal;
      }),
    approvePartner: (by, slug, read) =>
      inTurn(by, async () => {
        const proposal = pending('partner', slug, read);
        if (proposal.by === by) throw secondPerson();
        if (tenantOf(slug) !== undefined) throw illegalTransition({ possible: [] });
        const tenant = await writer.putTenant({
          ...proposal.tenant, namespace: randomUUID(), state: 'ACTIVE', since: clock.now(), epoch: 1, changedBy: [proposal.by, by],
        }); // prettier-ignore
        const key = await equipped(tenant);
        await writer.endProposal(proposal);
        return { tenant, key };
      }),
    offboard: (by, slug) =>
      inTurn(by, async () => {
        const tenant = await writer.putTenant({ ...activeTenant(slug), state: 'OFFBOARDED', changedBy: [by] }); // first: this alone ends all
        const agency = tenantAgency(slug);
        const people = writer.held().persons.filter((person) => person.agency === agency);
        const names = new Set(people.map(({ person }) => person));
        for (const { name, person } of writer.held().keys) if (names.has(person)) await writer.revokeKey(name);
        for (const person of people)
          await writer.put({ ...person, changedBy: [by], clearance: { ...person.clearance, validUntil: clock.now() } });
        return tenant;
      }),
    rotateKey: (by, slug) =>
      inTurn(by, async () => {
        const tenant = activeTenant(slug);
        return { tenant, key: await equipped(tenant) };
      }),
    createKey: (by, { label, routes, days = policy.partners.ownKeys.days }) =>
      after(async () => {
        if (!mayHaveKeys(by, writer.held(), clock.now())) throw roleNotAllowed({});
        const { most, mostDays } = policy.partners.ownKeys;
        if (!KEY_LABEL.test(label)) throw refusedAt('/name', 'INVALID_NAME', 'is 1 to 31 of a-z, 0-9 and hyphen');
        if (!Number.isInteger(days) || days < 1 || days > mostDays)
          throw refusedAt('/days', 'OUT_OF_RANGE', `a key opens for 1 to ${mostDays} days`);
        if (keysOf(by).length >= most) throw illegalTransition({ possible: ['revoke'] });
        const name = `${label}-${randomUUID().slice(0, 8)}`; // nobody learns from a name that another one has it
        const key = await writer.issueKey({ name, person: by, routes, days });
        const row = writer.held().keys.find((each) => each.name === name);
        if (row === undefined) throw failClosed({ part: 'registry' });
        return { row, key };
      }),
    revokeKey: (by, name) =>
      after(async () => {
        const held = writer.held();
        const own = held.keys.some((key) => key.name === name && key.person === by);
        const isKnown = held.keys.some((key) => key.name === name);
        if (!own && !(isKnown && isAdministrator(by, held, clock.now()))) throw notFound({});
        await writer.revokeKey(name);
      }),
    proposeSpill: (by, note) => inTurn(by, () => reached(spillCommands).proposeSpill(by, note)),
    confirmSpill: (by, id, note) => inTurn(by, () => reached(spillCommands).confirmSpill(by, id, note)),
    proposePerson: (by, row) =>
      inTurn(by, async () => {
        if (row.person === by) throw refusedAt('/person', 'NEVER_FOR_ONESELF', 'nobody changes their own row');
        if (!isPersonRow(row)) throw refusedAt('', 'INVALID_PERSON', 'is no whole row');
        checkPerson(row, { policy, held: writer.held() });
        const proposal: PersonProposal = { kind: 'person', ...proposed(by), row };
        await writer.putProposal(proposal);
        return proposal;
      }),
    approvePerson: (by, person, read) =>
      inTurn(by, async () => {
        const proposal = pending('person', person, read);
        if (proposal.by === by || person === by) throw secondPerson();
        checkPerson(proposal.row, { policy, held: writer.held() }); // a partner may have left since
        const row = await writer.put({ ...proposal.row, changedBy: [proposal.by, by] });
        await writer.endProposal(proposal);
        return row;
      }),
  };
}

/** Roles whose holders may make keys for themselves. */
export const KEY_HOLDERS: readonly Role[] = ['analyst', 'operator', 'secretariat', 'partner-admin', 'administrator'];
const KEY_LABEL = /^[a-z0-9][a-z0-9-]{0,30}$/;

function mayHaveKeys(
  by: string,
  { persons, tenants }: Pick<ReturnType<RegistryWriter['held']>, 'persons' | 'tenants'>,
  nowMs: number,
): boolean {
  const row = persons.find(({ person }) => person === by);
  if (row === undefined || nowMs >= row.clearance.validUntil) return false;
  const isTenants = row.agency !== undefined && writerOf(row.agency) !== row.agency;
  const stays =
    !isTenants || tenants.some(({ slug, state }) => tenantAgency(slug) === row.agency && state === 'ACTIVE');
  return stays && row.roles.some((role) => KEY_HOLDERS.includes(role));
}

function isAdministrator(by: string, { persons }: Pick<ReturnType<RegistryWriter['held']>, 'persons'>, nowMs: number): boolean {
  const row = persons.find(({ person }) => person === by);
  return row !== undefined && nowMs < row.clearance.validUntil && row.roles.includes('administrator');
} // prettier-ignore

function spillCommandsOf({
  bus,
  writer,
  policy,
  clock,
}: {
  readonly bus: BusPort;
  readonly writer: RegistryWriter;
  readonly policy: Policy;
  readonly clock: Clock;
}): SpillCommands {
  const groupId = groupOf(REGISTRY_PRINCIPAL, `spills.${randomUUID().slice(0, 8)}`);
  const cells = policy.cells.map(({ id }) => id);
  const spills = createSpillCopy({ bus, cells, keys: policy.signers ?? [], groupId, log: silentLog });
  return createSpillCommands({
    bus,
    spills,
    held: () => writer.held(),
    stillWrites: () => writer.beat(),
    policy,
    clock,
  });
}

function reached(commands: SpillCommands | undefined): SpillCommands {
  if (commands === undefined) throw failClosed({ part: 'spills' });
  return commands;
}

/** Key names have at most 40 characters. */
const keyNameOf = (slug: string): string => tenantAgency(slug).slice(0, 40);

function systemOf(tenant: Tenant, policy: Policy, validUntil: number): PersonRow {
  const { homeView } = policy.partners.everyTenant;
  return {
    person: tenantAgency(tenant.slug),
    name: tenant.name.en,
    issuer: SYSTEM_ISSUER,
    subject: tenant.slug,
    agency: tenantAgency(tenant.slug),
    roles: ['partner-admin'],
    clearance: { ...grantOf(tenant, policy), validUntil, epoch: 1 },
    homeView,
  };
}

/** The most that anybody of the tenant may see: its home view, with its groups. */
function grantOf(tenant: Tenant, { partners, views }: Policy): Clearance {
  const view = views.find(({ id }) => id === partners.everyTenant.homeView);
  if (view === undefined) throw new Error('policy has no home view for partners');
  return createClearance({ ...view.clearance, groups: tenant.groups });
}

/** Throws `invalid-body` with the place of the first fault. */
function checkPerson(
  row: PersonRow,
  { policy, held }: { readonly policy: Policy; readonly held: ReturnType<RegistryWriter['held']> },
): void {
  const others = held.persons.filter(({ person }) => person !== row.person);
  const own = held.persons.find(({ person }) => person === row.person);
  if (row.person.startsWith(tenantAgency(''))) throw refusedAt('/person', 'RESERVED_NAME', 'names the system of a partner');
  const isTaken = others.some(({ issuer, subject }) => issuer === row.issuer && subject === row.subject);
  const isMoved = own !== undefined && (own.issuer !== row.issuer || own.subject !== row.subject);
  if (isTaken || isMoved) throw refusedAt('/subject', 'NOT_ONE_PERSON', 'issuer and subject name one person, for good');
  const view = policy.views.find(({ id }) => id === row.homeView);
  if (view === undefined) throw refusedAt('/homeView', 'UNKNOWN_VIEW', 'must be a view of policy');
  if (!clearanceDominates(row.clearance, view.clearance))
    throw refusedAt('/clearance', 'BELOW_HOME_VIEW', 'does not dominate the home view');
  const tenant = held.tenants.find(({ slug }) => tenantAgency(slug) === row.agency);
  const isPartners = row.agency !== undefined && writerOf(row.agency) !== row.agency;
  if (isPartners ? tenant?.state !== 'ACTIVE' : row.agency !== undefined && !isAgency(row.agency, policy))
    throw refusedAt('/agency', 'UNKNOWN_AGENCY', 'must be an agency of policy, or a partner that has not left');
  if (tenant !== undefined && !clearanceDominates(grantOf(tenant, policy), { ...row.clearance, nations: GRANTED.nations }))
    throw refusedAt('/clearance', 'ABOVE_PARTNER', 'is more than their partner has');
  if (tenant !== undefined && row.roles.some((role) => !PARTNER_ROLES.includes(role)))
    throw refusedAt('/roles', 'ABOVE_PARTNER', `a partner’s people are ${PARTNER_ROLES.join(', ')}`);
} // prettier-ignore

const PARTNER_ROLES: readonly string[] = ['partner-admin', 'analyst']; // operators read what others of their writer had refused
/** Everybody may stand behind a partner’s channel: what it may see is releasable to all. */
const GRANTED = { nations: ['XXX'] };

function isAgency(agency: string, { agencies }: Policy): boolean {
  return agencies.some(({ id }) => id === agency);
}

function refusedAt(pointer: string, code: string, detail: string) {
  return invalidBody({ errors: [{ pointer, code, detail }] });
}

function secondPerson() {
  return illegalTransition({
    possible: [],
    errors: [{ pointer: '', code: 'SECOND_PERSON_NEEDED', detail: 'whoever asked for it, or is meant, does not approve it' }],
  });
} // prettier-ignore
