// The public names of @sitebus/research, listed one by one; package.json lets nothing else be imported.

export { createResearchService } from './service.ts';
export type { RegistryCopy, ResearchService, ResearchServiceParts } from './service.ts';
export type { ResearchConfig } from './config.ts';
