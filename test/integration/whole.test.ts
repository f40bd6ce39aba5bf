// What is asked of a whole sitebus from outside, on one that serves it all: a world costs as much as all these tests.
// Holds: each part names its own records and people; TAXII is first, for it counts every report that there is, and bad
// records are last, for one of them leaves a partition standing still.

import { afterAll, beforeAll, describe } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';
import { adRegistry } from './whole/ad-registry.ts';
import { badRecords } from './whole/bad-records.ts';
import { curlClient } from './whole/curl-stream.ts';
import { partners } from './whole/partners.ts';
import { research } from './whole/research.ts';
import { taxiiClients } from './whole/taxii-clients.ts';

let world: World;
const theWorld = (): World => world;

beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());

describe('clients of TAXII', () => taxiiClients(theWorld));
describe('research', () => research(theWorld));
describe('the ad registry', () => adRegistry(theWorld));
describe('partners', () => partners(theWorld));
describe('curl', () => curlClient(theWorld));
describe('bad records', () => badRecords(theWorld));
