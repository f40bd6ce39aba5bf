// What a change must say: the whole table against the contract's two lists, both ways, and against what the routes do.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCESS } from './access.ts';
import { CONDITIONS } from './conditions.ts';
import type { GatewayService } from './service.ts';
import { examplePath } from './testing/example-path.ts';
import { NO_MATTERS } from './testing/no-matters.ts';
import { NO_RESEARCH } from './testing/no-research.ts';
import { aWorld, thePolicy } from './testing/world.ts';
import type { World } from './testing/world.ts';

/** Commands that the contract names as judging what was read. */
const JUDGE = ['rate', 'vote', 'propose', 'approve', 'sign', 'issue', 'announce', 'withhold'];
/** Commands that it says do not. */
const DO_NOT = ['contribute', 'nil', 'respond', 'acknowledge'];
/** What judges besides, where the contract's list goes on. */
const JUDGE_TOO = [
  'POST /v1/tearlines/:id/refuse', 'POST /v1/tearlines/:id/publish', 'POST /v1/downgrades/:id/refuse', 'POST /v1/downgrades/:id/apply',
  'POST /v1/identity-releases/:id/refuse', 'POST /v1/identity-releases/:id/review', 'POST /v1/affected-parties/:id/notify', 'POST /v1/sitreps/:id/correct',
  ...['disclose', 'notify', 'update', 'correct', 'close', 'draft'].map((name) => `POST /v1/cases/:id/${name}`),
]; // prettier-ignore
/** What somebody's word is, by the contract's five names. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  votes: ['POST /v1/cases/:id/vote'],
  approvals: [
    'POST /v1/tearlines/:id/approve', 'POST /v1/identity-releases/:id/approve', 'POST /v1/sitreps/:id/approve', 'POST /v1/people/:id/approve',
    'POST /v1/partners/:slug/approve', 'POST /v1/affected-parties/:id/withhold',
  ],
  signatures: [
    'POST /v1/downgrades/:id/sign', 'POST /v1/research/agreements', 'POST /v1/spills', 'POST /v1/spills/:id/confirm', 'POST /v1/purges',
  ],
  announcements: ['disclose', 'announce', 'update', 'correct'].map((name) => `POST /v1/cases/:id/${name}`),
  recalls: [
    'POST /v1/observations/:id/recall', 'POST /v1/distributions/:id/recall', 'POST /v1/research/datasets/:id/retract', 'POST /v1/tearlines/:id/withdraw',
    'POST /v1/sitreps/:id/correct',
  ],
}; // prettier-ignore

const changing = Object.keys(ACCESS).filter((route) => !/^(?:GET|HEAD) /.test(route));
const commandOf = (route: string): string => /^POST .+\/:\w+\/([a-z-]+)$/.exec(route)?.[1] ?? '';

describe('the table', () => {
  test('has every route that changes something, and no other', () => {
    expect(changing.length).toBeGreaterThan(90);
    expect(Object.keys(CONDITIONS).sort()).toEqual([...changing].sort());
  });

  test('If-Match: every PUT, PATCH and command that judges what was read, and no other', () => {
    const listed = changing.filter(
      (route) => /^(?:PUT|PATCH) /.test(route) || JUDGE.includes(commandOf(route)) || JUDGE_TOO.includes(route),
    );
    expect(changing.filter((route) => CONDITIONS[route]?.ifMatch === true)).toEqual(listed);
    expect(JUDGE.filter((name) => !listed.some((route) => commandOf(route) === name))).toEqual([]);
    expect(listed.filter((route) => DO_NOT.includes(commandOf(route)))).toEqual([]);
  });

  test('Idempotency-Key: votes, approvals, signatures, announcements and recalls, and no other', () => {
    const listed = Object.values(WORDS).flat();
    expect(changing.filter((route) => CONDITIONS[route]?.idempotencyKey === true).sort()).toEqual([...listed].sort());
    const byName = changing.filter((route) => ['vote', 'approve', 'sign', 'announce', 'recall'].includes(commandOf(route)));
    expect(byName.filter((route) => !listed.includes(route))).toEqual([]);
  }); // prettier-ignore
});

describe('the routes', () => {
  let world: World;
  let gateway: GatewayService;
  beforeAll(async () => {
    const { people } = await thePolicy();
    const reader = people.find(({ person }) => person === 'ama-lindqvist')!;
    const roles = [...new Set(Object.values(ACCESS).flatMap((who) => (typeof who === 'string' ? [] : who)))];
    const everybody = { ...reader, person: 'everybody', subject: 'everybody', roles };
    world = await aWorld({ people: [...people, everybody], protocol: NO_MATTERS, research: NO_RESEARCH });
    gateway = await world.gateway('s-can');
  });
  afterAll(async () => world[Symbol.asyncDispose]());

  const ask = async (route: string, headers: object) => {
    const [method = ''] = route.split(' ');
    const isRoom = route.includes('/v1/research/');
    const own = await world.as(isRoom ? 'rosalind-quist' : 'everybody');
    const at = isRoom ? (room ??= await world.gateway('public')) : gateway;
    const answer = await at.app.inject({ method: method as 'POST', url: examplePath(route.split(' ')[1] ?? '', 'x'), headers: { ...own, ...headers } });
    const missed = answer.statusCode === 428 ? 'If-Match' : /Idempotency-Key/.exec(answer.body)?.[0];
    return answer.statusCode === 428 || answer.statusCode === 400 ? missed : undefined;
  }; // prettier-ignore
  let room: GatewayService | undefined;

  test.each(changing.filter((route) => route !== 'POST /dev/token'))('%s asks for what its row says', async (route) => {
    const { ifMatch, idempotencyKey } = CONDITIONS[route]!;
    const [match, key] = [{ 'if-match': '*' }, { 'idempotency-key': 'k' }];
    expect([await ask(route, match), await ask(route, key), await ask(route, { ...match, ...key })]).toEqual([
      idempotencyKey ? 'Idempotency-Key' : undefined,
      ifMatch ? 'If-Match' : undefined,
      undefined,
    ]);
  });

  test('the description says so of each', () => {
    const { paths } = gateway.app.swagger() as unknown as { paths: Record<string, Record<string, { summary?: string; parameters?: { name: string; in: string }[] }>> };
    for (const route of changing.filter((each) => each !== 'POST /dev/token')) {
      const [method = '', path = ''] = route.split(' ');
      const found = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      const named = (name: string): boolean => found?.parameters?.some((each) => each.in === 'header' && each.name.toLowerCase() === name) === true;
      const { ifMatch, idempotencyKey } = CONDITIONS[route]!;
      if (idempotencyKey) expect([route, named('idempotency-key'), found?.summary]).toEqual([route, true, expect.stringContaining('Idempotency-Key required')]);
      expect([route, named('if-match')]).toEqual([route, ifMatch]);
    }
  });
}); // prettier-ignore
