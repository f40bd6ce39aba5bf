// The public names of the partners' room, one by one.

export { createPartnersService } from './service.ts';
export type { PartnersService, PartnersServiceParts } from './service.ts';
export { tenantTable } from './table.ts';
