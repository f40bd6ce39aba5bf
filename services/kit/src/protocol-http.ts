// The guard and the machines over HTTP, on an internal listener: the serving half; src/protocol-client.ts is the other.
// Holds: nobody without the service credential reaches them, and all who lack it get one answer; a refusal keeps its code and
// details, never a driver's text; markings travel as on the bus. Source: README.md#calls-between-services

import type { FastifyPluginAsync } from 'fastify';
import { fromWire } from '@sitebus/sdk';
import type { Disclosure, DisclosureKind, GuardCaller, GuardPort, NamedRecord } from './guard.ts';
import { internalCalls, type InternalCall } from './internal-calls.ts';
import { markedFromWire, markedToWire, orNull, type OnWire } from './marked-wire.ts';
import type { Issue, Matter, ProtocolPort } from './protocol-port.ts';

/** What the routes serve, and who may call them. */
export interface ProtocolRoutesParts {
  readonly guard: GuardPort;
  readonly protocol: ProtocolPort;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}

/** Where the calls of protocol go. */
export const PROTOCOL_PATH = '/internal/v1/protocol';

/** A matter as it travels. */
export type MatterOnWire = Omit<OnWire<Matter>, 'parts'> & {
  readonly parts: readonly OnWire<Matter['parts'][number]>[];
};

export const matterToWire = (matter: Matter): MatterOnWire => ({
  ...markedToWire(matter),
  parts: matter.parts.map(markedToWire),
});
export const matterFromWire = ({ parts, marking, ...rest }: MatterOnWire): Matter => ({
  ...rest,
  marking: fromWire(marking),
  parts: parts.map(markedFromWire<Matter['parts'][number]>),
});

/** Every call by its name; what is not here cannot be called. */
function callsOf({ guard, protocol }: ProtocolRoutesParts): ReadonlyMap<string, InternalCall> {
  return new Map<string, InternalCall>([
    ['guard.request', async (kind: DisclosureKind, record: OnWire<NamedRecord>, args: unknown, by: GuardCaller) => markedToWire(await guard.request(kind, markedFromWire(record), args, by))],
    ['guard.command', async (...asked: Parameters<GuardPort['command']>) => markedToWire(await guard.command(...asked))],
    ['guard.find', async (...asked: Parameters<GuardPort['find']>) => orNull(await guard.find(...asked), markedToWire<Disclosure>)],
    ['guard.list', async (...asked: Parameters<GuardPort['list']>) => (await guard.list(...asked)).map(markedToWire)],
    ['open', async (...asked: Parameters<ProtocolPort['open']>) => matterToWire(await protocol.open(...asked))],
    ['command', async (...asked: Parameters<ProtocolPort['command']>) => matterToWire(await protocol.command(...asked))],
    ['find', async (kind: string, id: string, by: GuardCaller, asOfMs: number | null) => orNull(await protocol.find(kind, id, by, asOfMs ?? undefined), matterToWire)],
    ['list', async (...asked: Parameters<ProtocolPort['list']>) => (await protocol.list(...asked)).map(matterToWire)],
    ['issues', async (view: string) => (await protocol.issues(view)).map(markedToWire<Issue>)],
  ]);
} // prettier-ignore

/** The one route of protocol. Throws at once where the credential is too short. */
export function protocolRoutes(parts: ProtocolRoutesParts): FastifyPluginAsync {
  return internalCalls({ path: PROTOCOL_PATH, calls: callsOf(parts), credential: parts.credential });
}
