// One service for all partners: each tenant is an agency of its own, on topics that all of them share.
// Holds: who is a tenant is asked of the registry at every call, and where that is not known nothing is taken in; the tenant
// whom the gateway has authenticated is whom the record names; a quota is a tenant's own. Source: README.md

import { join } from 'node:path';
import { createTableService, type AgencyService, type HostParts } from '@sitebus/imports';
import {
  spillOrderIn,
  tenantAgency,
  withTenants,
  type DeadLetters,
  type ObservationJson,
  type OnBehalfOf,
  type Readiness,
  type Tenant,
  type TenantDirectory,
} from '@sitebus/kit';
import { isJsonObject, notYourAgency, type ItemAnswer } from '@sitebus/sdk';
import { fileOverQuota, quotaSpent } from './errors.ts';
import { completeIncident } from './incident-draft.ts';
import { createQuota, type Quota } from './quota.ts';
import { shareProducers } from './shared-producer.ts';
import { tenantTable } from './table.ts'; // prettier-ignore

/** What the host gives. */
export interface PartnersServiceParts extends Omit<HostParts, 'journalPath' | 'inboxDir'> {
  readonly tenants: TenantDirectory;
  /** A journal a tenant lies here; absent: in memory. */
  readonly journalDir?: string;
  /** A folder a tenant, `partner-<slug>`, lies here; absent: files come over HTTP alone. */
  readonly inboxDir?: string;
}

/** The service of every tenant; `submit` and `importFile` are for the tenant on whose behalf they are called. */
export interface PartnersService extends AgencyService {
  /** Tenants whose part runs, by agency. */
  running(): readonly string[];
}

/** One tenant's part, made anew when its row changes. */
interface Part {
  readonly epoch: number;
  readonly service: AgencyService;
  readonly started: Promise<void>;
}

/** Makes the service; nothing connects before `start`. */
export function createPartnersService(parts: PartnersServiceParts): PartnersService {
  const { policy, tenants, log, clock } = parts;
  const { quota } = policy.partners;
  const producers = shareProducers(parts.connect);
  const running = new Map<string, Part>();
  const quotas = new Map<string, Quota>();
  let isStopping = false;
  let stopListening: () => void = () => undefined;
  let died: (cause: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const makePart = (tenant: Tenant): Part => {
    const agency = tenantAgency(tenant.slug);
    const { inboxDir, journalDir, tenants: _tenants, ...rest } = parts;
    const service = createTableService(tenantTable(agency), {
      ...rest,
      policy: withTenants(policy, [tenant]),
      connect: producers.connect,
      ...(journalDir !== undefined && { journalPath: join(journalDir, `${agency}.jsonl`) }),
      ...(inboxDir !== undefined && { inboxDir: join(inboxDir, agency) }),
    });
    void service.fatal.then(died);
    return { epoch: tenant.epoch, service, started: Promise.resolve() };
  };
  /** Starts after what it replaces has stopped: both would write one journal. */
  const replace = (agency: string, tenant: Tenant, before: Part | undefined): Part => {
    const made = makePart(tenant);
    const started = (async () => {
      await before?.started.catch(() => undefined);
      await before?.service.stop();
      await made.service.start();
    })();
    started.catch(() => running.delete(agency)); // the next call tries again
    const part = { ...made, started };
    running.set(agency, part);
    return part;
  };
  const partOf = async (agency: string): Promise<AgencyService> => {
    const tenant = tenants.tenant(agency);
    if (tenant === undefined || isStopping) throw notYourAgency({ agency });
    const present = running.get(agency);
    const part = present?.epoch === tenant.epoch ? present : replace(agency, tenant, present);
    await part.started;
    return part.service;
  };
  const lettersOf = async (agency: string): Promise<DeadLetters> => {
    const { deadLetters } = await partOf(agency);
    if (deadLetters === undefined) throw new Error('every agency of ours keeps what it refused');
    return deadLetters;
  };
  const follow = (): void => {
    if (isStopping || !tenants.ready().ready) return;
    const now = tenants.tenants();
    for (const [agency, { started, service }] of [...running]) {
      if (now.some(({ slug }) => tenantAgency(slug) === agency)) continue;
      running.delete(agency);
      void started.then(() => service.stop()).catch(died);
    }
    for (const { slug } of now)
      partOf(tenantAgency(slug)).catch((cause: unknown) => {
        log.error({ slug, code: (cause as { code?: string }).code }, 'the part of a partner did not start');
      });
  };
  const charge = (agency: string, items: number): void => {
    const own = quotas.get(agency) ?? createQuota(quota.itemsPerHour, clock);
    quotas.set(agency, own);
    const waitSeconds = own.take(items);
    if (waitSeconds > 0) throw quotaSpent({ retryAfterSeconds: waitSeconds });
  };

  return {
    agency: 'partners',
    fatal,
    async start() {
      stopListening = tenants.onChange(follow);
      await tenants.start();
      void tenants.fatal.then(died);
      follow();
    },
    async stop() {
      isStopping = true;
      stopListening();
      await Promise.allSettled([...running.values()].map(({ started, service }) => started.then(() => service.stop())));
      await producers.close();
      await tenants.stop();
    },
    ready: () => joined([tenants, ...[...running.values()].map(({ service }) => service)]),
    async submit(items, onBehalfOf) {
      const service = await partOf(onBehalfOf.agency);
      charge(onBehalfOf.agency, items.length);
      const completed = items.map((item) => completeIncident(item, policy));
      const answers = await service.submit(
        completed.map(({ item }) => item),
        onBehalfOf,
      );
      return answers.map((answer, index) => warned(answer, completed[index]?.warnings ?? []));
    },
    deadLetters: {
      list: async (onBehalfOf) => (await lettersOf(onBehalfOf.agency)).list(onBehalfOf),
      redrive: async (id, reason, onBehalfOf, spilled) =>
        (await lettersOf(onBehalfOf.agency)).redrive(id, reason, onBehalfOf, spilled),
      discard: async (id, reason, onBehalfOf) => (await lettersOf(onBehalfOf.agency)).discard(id, reason, onBehalfOf),
    },
    async erase(note) {
      // Partners share their topics, and a record may be of none of them; the one it is of refuses it from now on.
      const [any] = running.values();
      const part = running.get(spillOrderIn(note)?.agency ?? '') ?? any;
      await part?.started;
      return (await part?.service.erase?.(note)) ?? false;
    },
    async takeReleased(item) {
      const agency = isJsonObject(item['envelope']) ? String(item['envelope']['agency']) : '';
      return takenBy(await partOf(agency), item);
    },
    async *importFile(format, source, content, onBehalfOf: OnBehalfOf) {
      const service = await partOf(onBehalfOf.agency);
      if (content.length > quota.fileBytes) throw fileOverQuota({ maxBytes: quota.fileBytes });
      charge(onBehalfOf.agency, Math.max(1, Math.ceil(content.length / BYTES_PER_ITEM)));
      yield* service.importFile(format, source, content, onBehalfOf);
    },
    inboxIdle: async () => {
      await Promise.all(
        [...running.values()].map(async ({ started, service }) => (await started, service.inboxIdle())),
      );
    },
    inboxTaken: () => [...running.values()].reduce((sum, { service }) => sum + service.inboxTaken(), 0),
    running: () => [...running.keys()].sort(),
  };
}

function warned(answer: ItemAnswer, warnings: readonly string[]): ItemAnswer {
  if (answer.status !== 'accepted' || warnings.length === 0) return answer;
  return { ...answer, warnings: [...(answer.warnings ?? []), ...warnings] };
}

/** What an item of a file weighs, for what is not read yet: a file is charged before its items can be counted. */
const BYTES_PER_ITEM = 1_024;

async function takenBy(service: AgencyService, item: ObservationJson): Promise<ItemAnswer> {
  const answer = await service.takeReleased?.(item);
  if (answer === undefined) throw new Error('every agency of ours takes what the guard releases');
  return answer;
}

function joined(services: readonly { ready(): Readiness }[]): Readiness {
  const all = services.map((service) => service.ready());
  return {
    ready: all.every(({ ready }) => ready),
    parts: Object.assign({}, ...all.map(({ parts }) => parts)) as Readiness['parts'],
  };
}
