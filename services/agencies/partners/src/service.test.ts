// One service, many tenants: who may come in, and what a neighbour notices of it.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createImportBench, type ImportBench } from '@sitebus/imports/testing';
import { createTenantDirectory, HEARTBEAT_KEY, seedTenants, tenantKey, type Tenant } from '@sitebus/kit';
import { PEOPLE_TOPIC, type BusPort, type BusProducer } from '@sitebus/sdk';
import { createPartnersService, type PartnersService } from './service.ts';

let bench: ImportBench;
let service: PartnersService;
let producer: BusProducer;
let rows: Map<string, Tenant>;
let made = 0;

/** The bench's bus, which counts the producers that are made of it. */
function counting(port: BusPort): BusPort {
  return new Proxy(port, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name === 'createProducer') made += 1;
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
}

async function write(...tenants: readonly Tenant[]): Promise<void> {
  for (const tenant of tenants) {
    rows.set(tenant.slug, tenant);
    await producer.send({ topic: PEOPLE_TOPIC, key: tenantKey(tenant.slug), value: Buffer.from(JSON.stringify(tenant)) });
  }
  await beat();
} // prettier-ignore

async function beat(policyVersion = bench.policy.version): Promise<void> {
  const value = Buffer.from(JSON.stringify({ at: bench.clock.now(), rows: rows.size, policyVersion }));
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value });
  await bench.bus.settled();
}

const tenant = (slug: string, over: Partial<Tenant> = {}): Tenant => ({
  slug, name: { en: slug, fr: slug }, groups: ['community'], state: 'ACTIVE', since: 0, epoch: 1,
  namespace: `00000000-0000-4000-8000-${Buffer.from(slug.padEnd(6, '_')).toString('hex')}`, ...over,
}); // prettier-ignore

const finding = (tlp = 'CLEAR') => ({
  type: 'GoodPractice',
  envelope: { observedAt: '2031-10-02T13:00:00Z', marking: `UNCLASSIFIED//TLP:${tlp}` },
  area: 'detection', title: 'A practice', text: 'What was done.', lang: 'en',
}); // prettier-ignore

const submit = (slug: string, item: object = finding()) =>
  service.submit([item as never], { person: slug, agency: `partner-${slug}` });

beforeEach(async () => {
  bench = await createImportBench();
  rows = new Map();
  made = 0;
  producer = await bench.bus.connect.bus.createProducer();
  service = createPartnersService({
    ...bench,
    connect: () => counting(bench.bus.connect.bus),
    tenants: createTenantDirectory({
      bus: bench.bus.connect.bus,
      clock: bench.clock,
      groupId: 'people',
      policyVersion: bench.policy.version,
    }),
  });
  await service.start();
});
afterEach(() => service.stop());

test('once a newer policy is in force nothing is taken in for anybody, and it ends', async () => {
  await write(tenant('one'));
  expect(await submit('one')).toMatchObject([{ status: 'accepted' }]);
  await beat(bench.policy.version + 1);
  await expect(submit('one')).rejects.toMatchObject({ code: 'POLICY_OUTDATED', retriable: false });
  expect(await service.fatal).toMatchObject({ code: 'POLICY_OUTDATED' });
  expect(service.ready()).toMatchObject({ ready: false, parts: { policy: expect.stringMatching(/older/) } });
});

test('each record names the tenant on whose behalf it was sent, whoever else sends', async () => {
  await write(tenant('one'), tenant('two'));
  await submit('one');
  await submit('two');
  expect(bench.observations().map(({ value }) => value.envelope['agency']).sort()).toEqual(['partner-one', 'partner-two']); // prettier-ignore
  const [foreign] = await submit('one', { ...finding(), envelope: { ...finding().envelope, agency: 'partner-two' } });
  expect(foreign).toMatchObject({ status: 'refused', code: 'NOT_YOUR_AGENCY' });
});

test('who is no tenant, or has left, is refused; who comes may publish at once', async () => {
  await write(tenant('one'));
  await expect(submit('two')).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
  await write(tenant('two'));
  expect(await submit('two')).toMatchObject([{ status: 'accepted' }]);
  await write(tenant('two', { state: 'OFFBOARDED', epoch: 2 }));
  await expect(submit('two')).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
  expect(await submit('one')).toMatchObject([{ status: 'accepted' }]);
  expect(service.running()).toEqual(['partner-one']);
});

test('where the registry is empty, partial or old nothing is taken in for anybody', async () => {
  await expect(submit('one')).rejects.toMatchObject({ code: 'REGISTRY_STALE', retriable: true });
  await write(tenant('one'));
  expect(await submit('one')).toMatchObject([{ status: 'accepted' }]);
  bench.clock.advance(2_001);
  await expect(submit('one')).rejects.toMatchObject({ code: 'REGISTRY_STALE' });
  expect(service.ready()).toMatchObject({ ready: false, parts: { registry: 'stale' } });
  rows.set('a row that is not there', tenant('ghost'));
  await beat();
  await expect(submit('one')).rejects.toMatchObject({ code: 'REGISTRY_STALE', details: { state: 'partial' } });
});

test('a damaged row denies its tenant and nobody else', async () => {
  await write(tenant('one'), tenant('two', { groups: undefined as never }));
  await expect(submit('two')).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
  expect(await submit('one')).toMatchObject([{ status: 'accepted' }]);
});

test('tenants share one producer a cell, and a changed row makes a new part that goes on with the same journal', async () => {
  await write(...seedTenants(bench.policy), tenant('one'), tenant('two'));
  for (const slug of ['one', 'two', 'lookout', 'chirrup']) await submit(slug);
  expect(made).toBe(bench.policy.partners.everyTenant.cells.length);
  await write(tenant('one', { epoch: 2, groups: ['community', 'research'] }));
  expect(await submit('one')).toMatchObject([{ status: 'accepted' }]);
  expect(made).toBe(bench.policy.partners.everyTenant.cells.length);
});

test('a recall that the guard hands down goes to the tenant whose record it is', async () => {
  await write(tenant('one'));
  const handed = await service.takeReleased?.({ ...finding(), envelope: { ...finding().envelope, agency: 'partner-one' } });
  expect(handed).toMatchObject({ status: 'accepted' });
  const nobody = service.takeReleased?.({ ...finding(), envelope: { ...finding().envelope, agency: 'partner-none' } });
  await expect(nobody).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
}); // prettier-ignore
