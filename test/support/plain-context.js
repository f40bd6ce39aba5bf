// jest's environment for node, in an ordinary context: a global is looked up as fast as anywhere else.
// Holds: what jest's own environment puts into the global is there. That one watches every look-up of a global through a
// proxy, to clean up afterwards; our workers end before that matters, and hot loops ran several times slower for it.

import { constants, createContext, runInContext } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';
import { OPEN_BLOCK, openBlock } from './open-block.js';

const NODES_OWN = ['Buffer', 'ArrayBuffer', 'Uint8Array']; // shared with node's modules, so that `instanceof` holds

/** For `testEnvironment` of jest.config.js. */
export default class PlainContext extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const watched = this.global;
    this.context = createContext(constants.DONT_CONTEXTIFY);
    this.global = runInContext('globalThis', this.context);
    const builtIn = new Set(Reflect.ownKeys(this.global));
    for (const key of Reflect.ownKeys(watched))
      if (!builtIn.has(key) || NODES_OWN.includes(key))
        Object.defineProperty(this.global, key, Reflect.getOwnPropertyDescriptor(watched, key));
    this.global.global = this.global;
    this.global.Error.stackTraceLimit = watched.Error.stackTraceLimit;
    for (const key of ['dispose', 'asyncDispose']) this.global.Symbol[key] ??= watched.Symbol[key];
    this.moduleMocker = new this.moduleMocker.constructor(this.global);
    this.fakeTimersModern = new this.fakeTimersModern.constructor({
      config: config.projectConfig,
      global: this.global,
    });
  }

  handleTestEvent(event, state) {
    if (event.name === 'setup') this.global[OPEN_BLOCK] = openBlock(state);
  }

  async teardown() {
    await super.teardown();
    this.global = null;
  }
}
