// The public names of @sitebus/gateway/store: what whoever provisions and whoever starts gateways needs, without HTTP.

export type { DeskStore } from './desk.ts';
export { createPostgresDesk } from './adapters/postgres-desk.ts';
export { createStoreDatabase, provisionStore } from './provision.ts';
