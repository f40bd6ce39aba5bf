// Rows 12, 13 and 28 and a short run of fuzzing on one running whole: what is hidden, what is proven, and whatever else is
// asked. The rows stand in files of their own; this one holds their world.

import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Log } from '@sitebus/sdk';
import { startWorld, type World } from '../support/world.ts';
import { fuzzRows } from './fuzz-rows.ts';
import { hiddenRows } from './hidden-rows.ts';
import { ledgerRows } from './ledger-rows.ts';

const logged: string[] = [];
const log: Log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (keys: object, message: string) => void logged.push(`${level} ${JSON.stringify(keys)} ${message}`),
  ]),
) as unknown as Log;

let world: World;
const theWorld = (): World => world;

beforeAll(async () => void (world = await startWorld({ log })));
afterAll(() => world.close());

describe('what is hidden', () => hiddenRows(theWorld, logged)); // first: it counts what there is
describe('the ledger', () => ledgerRows(theWorld));
describe('whatever is asked', () => fuzzRows(theWorld)); // last: it leaves what was drawn
