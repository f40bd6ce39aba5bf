// The public names of @sitebus/protocol, listed one by one; package.json lets nothing else be imported.

export { createGuardService } from './service.ts';
export type { GuardService, GuardServiceParts, RegistryCopy } from './service.ts';
export type { GuardConfig } from './config.ts';
