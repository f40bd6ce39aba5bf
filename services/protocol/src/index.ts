// The public names of @sitebus/protocol, listed one by one; package.json lets nothing else be imported.

export { approvalText, grantFault, grantText } from './grant.ts';
export type { DowngradeGrant, GrantFacts } from './grant.ts';
export type { RefusedCode } from './errors.ts';
