// The store's public names: what stacks and provisioning use.

export { createPostgresStore } from './adapters/postgres-store.ts';
export { ROLE } from './adapters/tables.ts';
export { provisionResearchStore } from './provision.ts';
export type { ResearchStore } from './store.ts';
