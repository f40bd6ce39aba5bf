// Rows 8 to 11 and 19 on two worlds that are alike below: what a low reader is given depends on nothing above, until two
// release authorities let something down. The rows stand in files of their own; this one holds their worlds.

import { afterAll, beforeAll, describe } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';
import { CLOCK, downgradeRows } from './downgrade-rows.ts';
import { twoWorldRows } from './two-world-rows.ts';

const started: World[] = [];
let one: World;
let other: World;
const theWorlds = (): readonly [World, World] => [one, other];

beforeAll(async () => {
  started.push((one = await startWorld({ clock: CLOCK })));
  started.push((other = await startWorld({ clock: CLOCK })));
});
afterAll(() => Promise.all(started.map((world) => world.close())));

describe('what lies above', () => twoWorldRows(theWorlds)); // first: it counts what there is
describe('what is let down', () => downgradeRows(theWorlds)); // last: it moves the clock
