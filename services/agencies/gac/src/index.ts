// The public names of the gac folder.

export { createGacService, GAC_DROPS } from './service.ts';
export type { GacParts } from './service.ts';
