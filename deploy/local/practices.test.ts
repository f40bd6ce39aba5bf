// Good practice: found by area with the public notices it came from; linked to nothing else.

import { expect, test } from '@jest/globals';
import type { Matter, ProtocolPort } from '@sitebus/kit';
import { parse } from '@sitebus/marking';
import { uuidOf } from '../../services/gateway/src/testing/records.ts';
import { aPartnerWorld } from './testing/partner-world.ts';

const NOTICE = uuidOf('notice 1');
const CASE = uuidOf('case 1');

/** A protocol that has one public notice, and a case that no notice id names. */
const protocol: ProtocolPort = {
  find: (kind, id, { view }) => Promise.resolve(kind === 'notice' && id === NOTICE && view === 'public' ? aNotice() : undefined),
  list: () => Promise.resolve([]),
  issues: () => Promise.resolve([]),
  open: () => Promise.reject(new Error('nobody opens anything here')),
  command: () => Promise.reject(new Error('nobody commands anything here')),
}; // prettier-ignore

function aNotice(): Matter {
  const marking = parse('UNCLASSIFIED//TLP:CLEAR', { homeNation: 'CAN' });
  return { kind: 'notice', id: NOTICE, marking, atMs: 0, body: {}, parts: [] };
}

const practice = (over: object = {}) => ({
  area: 'information-sharing',
  title: 'One contact, one template',
  text: 'Each platform names one contact.',
  lang: 'en',
  marking: 'UNCLASSIFIED//TLP:CLEAR',
  ...over,
});

test('partners ④: a search for an area gives the practices of it with the public notices they came from', async () => {
  await using story = await aPartnerWorld({ protocol });
  const key = await story.onboard('harbour-lab', []);
  const add = (over: object) => story.ask('partner', key, 'POST', '/v1/good-practices', { body: practice(over) });
  const added = await add({});
  expect(added.status).toBe(202);
  await add({ area: 'detection', title: 'Another' });
  const link = (notices: readonly string[]) =>
    story.ask('partner', key, 'POST', `/v1/good-practices/${String(added.body['id'])}/link`, { body: { notices } });
  expect(await link([CASE])).toMatchObject({ status: 422, body: { errors: [{ code: 'UNKNOWN_NOTICE' }] } });
  const linked = await link([NOTICE]);
  expect(linked.status).toBe(202);
  const found = await story.ask('public', '', 'GET', '/v1/good-practices?area=information-sharing');
  expect(found.body['items']).toMatchObject([{ id: linked.body['id'], title: 'One contact, one template', noticesLinked: [NOTICE] }]);
  const searched = await story.ask('public', '', 'GET', '/v1/good-practices?q=another');
  expect(searched.body['items']).toMatchObject([{ area: 'detection', noticesLinked: [] }]);
}); // prettier-ignore

test('a practice with an unknown area, a case for a notice or a classification is refused; another’s is nobody else’s to link', async () => {
  await using story = await aPartnerWorld({ protocol });
  const [key, other] = [await story.onboard('harbour-lab', []), await story.onboard('night-desk', [])];
  const add = (over: object) => story.ask('partner', key, 'POST', '/v1/good-practices', { body: practice(over) });
  expect(await add({ area: 'gossip' })).toMatchObject({ status: 422, body: { errors: [{ code: 'UNKNOWN_WORD' }] } });
  expect(await add({ noticesLinked: [CASE] })).toMatchObject({ status: 422, body: { errors: [{ code: 'UNKNOWN_NOTICE' }] } }); // prettier-ignore
  expect(await add({ marking: 'SECRET//CANADIAN EYES ONLY' })).toMatchObject({ status: 422 });
  const added = await add({});
  const path = `/v1/good-practices/${String(added.body['id'])}/link`;
  expect((await story.ask('partner', other, 'POST', path, { body: { notices: [NOTICE] } })).status).toBe(403);
  const absent = await story.ask('partner', key, 'POST', `/v1/good-practices/${CASE}/link`, { body: { notices: [NOTICE] } }); // prettier-ignore
  expect(absent.status).toBe(404);
});
