// The public names of @sitebus/kit, listed one by one; package.json lets nothing else be imported.

export type { AgencyIntake, ObservationJson, OnBehalfOf } from './intake.ts';
export type { Readiness, Service } from './service.ts';
export { createLog } from './log.ts';
export type { LogOptions } from './log.ts';
export { createAdminServer } from './admin-server.ts';
export type { AdminServer, AdminServerParts } from './admin-server.ts';
