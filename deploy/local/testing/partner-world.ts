// A world for the stories of partners: the gateway's own, with the partners' service and, where asked for, fusion on its bus.
// Holds: every part is the product's; only the bus, the clock and the desk are those of tests.

import { createFusionService, NO_COMMON_VALUES } from '@sitebus/fusion';
import { createTenantDirectory, type Service } from '@sitebus/kit';
import { createPartnersService, type PartnersService } from '@sitebus/partners';
import { silentLog, writerOf } from '@sitebus/sdk';
import { aWorld, thePolicy, type World } from '../../../services/gateway/src/testing/world.ts';
import type { PersonRow } from '@sitebus/kit';
import type { ProtocolPort } from '@sitebus/kit';

/** An answer as a test looks at it. */
export interface Asked {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface PartnerWorld extends AsyncDisposable {
  readonly world: World;
  readonly partners: PartnersService;
  /** Asks the gateway of `view` with a bearer key. */
  ask(view: string, key: string, method: 'GET' | 'POST', url: string, more?: { body?: object | string; headers?: Record<string, string> }): Promise<Asked>;
  /** Onboards by two administrators; @returns the key of the partner’s system. */
  onboard(slug: string, groups: readonly string[]): Promise<string>;
  /** Starts fusion of the view. */
  fuse(view: string): Promise<void>;
} // prettier-ignore

/** The administrators of these stories; the first is of the shipped policy. */
export const ADMINISTRATORS = ['dalia-fenwick', 'edgar-nkemelu'] as const;

/** Makes one; dispose of it, or `await using` it. */
export async function aPartnerWorld(wish: { readonly protocol?: ProtocolPort } = {}): Promise<PartnerWorld> {
  const policy = await thePolicy();
  const [first, second] = ADMINISTRATORS;
  const row = policy.people.find(({ person }) => person === first)!;
  const people: PersonRow[] = [
    ...policy.people.filter(({ person }) => person !== second),
    { ...row, person: second, subject: second, name: second },
  ];
  const late: { partners?: PartnersService } = {}; // the world asks for it, and it needs the world's bus
  const world = await aWorld({
    people,
    ...wish,
    intakes: (agency) => (writerOf(agency) === 'partners' ? late.partners : undefined),
  });
  const { codec, clock } = world;
  const { bus } = world.bus.connect;
  const partners = createPartnersService({
    policy: world.policy, codec, clock, log: silentLog, signerKey: Buffer.alloc(32, 7), connect: () => bus,
    tenants: createTenantDirectory({ bus, clock, groupId: 'agency.partners.open.people', policyVersion: policy.version }),
  }); // prettier-ignore
  late.partners = partners;
  await partners.start();
  const running: Service[] = [];
  const gateways = new Map<string, ReturnType<World['gateway']>>();
  const gatewayOf = (view: string) => {
    const gateway = gateways.get(view) ?? world.gateway(view, { listen: { host: '127.0.0.1', port: 0 } });
    gateways.set(view, gateway);
    return gateway;
  };

  const made: PartnerWorld = {
    world,
    partners,
    async ask(view, key, method, url, { body, headers = {} } = {}) {
      const answer = await (await gatewayOf(view)).app.inject({
        method,
        url,
        headers: { ...(key !== '' && { authorization: `Bearer ${key}` }), ...headers },
        ...(body !== undefined && { payload: body }),
      });
      await world.pass(1);
      const isJson = String(answer.headers['content-type']).includes('json') && !String(answer.headers['content-type']).includes('ndjson');
      return { status: answer.statusCode, body: isJson ? answer.json() : {}, text: answer.body, headers: answer.headers };
    },
    async onboard(slug, groups) {
      const [a, b] = [await world.keyOf(first), await world.keyOf(second)];
      await made.ask('public', a, 'POST', '/v1/partners', { body: { slug, groups } });
      const { headers } = await made.ask('public', b, 'GET', `/v1/partners/${slug}`);
      const approved = await made.ask('public', b, 'POST', `/v1/partners/${slug}/approve`, {
        headers: { 'if-match': String(headers['etag']), 'idempotency-key': slug },
      });
      await world.bus.settled();
      return String(approved.body['key']);
    },
    async fuse(view) {
      const fusion = createFusionService({
        config: { view, cutMs: 1 }, policy: world.policy, codec, bus, clock, log: silentLog, commonValues: NO_COMMON_VALUES,
      });
      running.push(fusion);
      await fusion.start();
    },
    async [Symbol.asyncDispose]() {
      for (const each of running) await each.stop();
      await partners.stop();
      await world[Symbol.asyncDispose]();
    },
  }; // prettier-ignore
  return made;
}
