// The public names of @sitebus/kit, listed one by one; package.json lets nothing else be imported.

export type { AgencyIntake, ObservationJson, OnBehalfOf } from './intake.ts';
export type { Readiness, Service } from './service.ts';
