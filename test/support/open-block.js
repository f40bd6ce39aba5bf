// A block of tests that is left open while a file is loaded: `describe` of jest takes no promise, and loading is one.
// Holds: only what jest-circus tells an environment is used: its state, with the block in which tests are registered.

/** Where the environment (plain-context.js) leaves what `openBlock` gives, for apart.js. */
export const OPEN_BLOCK = Symbol.for('sitebus.open-block');

/** `declare` calls `describe` once; what is registered until `close()` belongs to that block. */
export const openBlock = (state) => (declare) => {
  const outer = state.currentDescribeBlock;
  declare();
  const block = outer.children.at(-1);
  state.currentDescribeBlock = block;
  return {
    isEmpty: () => block.children.length === 0,
    close() {
      state.currentDescribeBlock = outer;
    },
  };
};
