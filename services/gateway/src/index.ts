// The public names of @sitebus/gateway, listed one by one; package.json lets nothing else be imported.

export { createGatewayService } from './service.ts';
export type { GatewayService, GatewayServiceParts } from './service.ts';
export { createFrontDoor } from './front-door.ts';
export type { FrontDoor } from './front-door.ts';
export { loadProcessConfig, parseConfig } from './config.ts';
export type { GatewayConfig, ProcessConfig } from './config.ts';
export { createAuthenticate } from './authenticate.ts';
export type { Authenticate, Identity } from './authenticate.ts';
export { createRegistryReader } from './registry/reader.ts';
export { loadExamples } from './asyncapi-examples.ts';
export { createRegistryCommands } from './registry/commands.ts';
export type { RegistryCommands } from './registry/commands.ts';
export { createRegistryWriter } from './registry/writer.ts';
export type { RegistryWriter } from './registry/writer.ts';
export type { KeyRow, PersonRow } from '@sitebus/kit';
export { createLocalIssuer, isLoopback, LOCAL_ISSUER } from './local-issuer.ts';
export type { LocalIssuer } from './local-issuer.ts';
export type { TrustedIssuer } from './issuer-keys.ts';
export { ACCESS } from './access.ts';
export { PUBLIC_VIEW } from './subject.ts';
