// The public names of the cse folder.

export { createCseService, CSE_DROPS } from './service.ts';
export type { CseParts } from './service.ts';
