// Rows 14 to 17 and 20 to 23 on one running whole: what can be reached through the front door with an id, a token or a
// role that is not one's own. The rows stand in files of their own; this one holds their world.

import { afterAll, beforeAll, describe } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';
import { credentialRows, registryRows } from './credential-rows.ts';
import { publishingRows, publishSubjects } from './publishing-rows.ts';
import { routeRows } from './route-rows.ts';

let world: World;
const theWorld = (): World => world;

beforeAll(async () => {
  world = await startWorld();
  await publishSubjects(world);
});
afterAll(() => world.close());

describe('routes', () => routeRows(theWorld));
describe('publishing', () => publishingRows(theWorld));
describe('credentials', () => credentialRows(theWorld));
describe('the registry', () => registryRows(theWorld)); // last: it is taken away
