// The commands of the registry over HTTP, both halves: what the administration gateway serves the others on an internal
// listener, and how those ask it.
// Holds: the caller says on whose behalf, and the commands judge that person again on the writer's own rows; a problem there is
// the same problem here; where the writer cannot be asked the answer is `fail-closed`. Source: README.md#people-and-partners

import { createInternalCaller, internalCalls } from '@sitebus/kit';
import type { InternalCall, InternalCallerOptions } from '@sitebus/kit';
import { isRefusal } from '@sitebus/sdk';
import type { FastifyPluginAsync } from 'fastify';
import { failClosed, problemOf } from '../errors.ts';
import type { RegistryCommands } from './commands.ts';

const PATH = '/internal/v1/people';
const NAMES = [
  'proposePartner',
  'approvePartner',
  'offboard',
  'rotateKey',
  'proposePerson',
  'approvePerson',
  'createKey',
  'revokeKey',
  'proposeSpill',
  'confirmSpill',
] as const;

/** The one route of the commands. Throws at once where the credential is too short. */
export function registryCommandRoutes(parts: {
  readonly commands: RegistryCommands;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}): FastifyPluginAsync {
  const { commands, credential } = parts;
  const calls = new Map<string, InternalCall>(
    NAMES.map((name) => [name, (...asked: never[]) => (commands[name] as InternalCall)(...asked)]),
  );
  return internalCalls({ path: PATH, calls, credential });
}

/** The commands of a writer elsewhere; each call rejects as that writer's own commands do, or with `fail-closed`. */
export function createRegistryClient(options: InternalCallerOptions): RegistryCommands {
  const call = createInternalCaller({ path: PATH, what: 'people' }, options);
  const asking =
    (name: (typeof NAMES)[number]) =>
    async (...asked: readonly unknown[]) => {
      try {
        return await call(name, asked);
      } catch (cause) {
        throw toProblem(cause);
      }
    };
  return Object.fromEntries(NAMES.map((name) => [name, asking(name)])) as unknown as RegistryCommands; // NAMES are its names, a test says
}

/** What is no refusal of a command is a writer that cannot be asked: it never counts as a yes. */
function toProblem(cause: unknown): unknown {
  if (!isRefusal(cause)) return cause;
  return problemOf(cause.code, cause.details) ?? failClosed({ part: 'registry' }, cause);
}
