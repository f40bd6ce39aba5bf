// The broker and registry of this jest run, as a test sees them.

/** How a test connects as the one principal that may do everything; make other principals for anything about rights. */
export interface RealStack {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly admin: { readonly username: string; readonly password: string };
}

/**
 * @returns the connection facts that broker-up.ts exported
 * @throws when the test's level has no broker: add it to jest.config.js, or move the test
 */
export function realStack(): RealStack {
  return {
    brokers: required('BUS_BOOTSTRAP').split(','),
    registryUrl: required('BUS_REGISTRY'),
    admin: { username: required('BUS_ADMIN_USER'), password: required('BUS_ADMIN_PASSWORD') },
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this test's level in jest.config.js starts no broker`);
  return value;
}
