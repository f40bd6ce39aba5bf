// The research room over HTTP, both halves: what it serves on an internal listener, and the port of a gateway elsewhere.
// Holds: items travel with their markings as on the bus, files byte for byte; nothing is judged on the way.
// Source: README.md#calls-between-services

import type { FastifyPluginAsync } from 'fastify';
import {
  createInternalCaller,
  internalCalls,
  type InternalCall,
  type InternalCallerOptions,
} from './internal-calls.ts';
import { markedFromWire, markedToWire, orNull, type OnWire } from './marked-wire.ts';
import type { ResearchFile, ResearchItem, ResearchPort } from './research-port.ts';

const PATH = '/internal/v1/research';

/** A file as it travels: JSON has no bytes. */
type FileOnWire = Omit<OnWire<ResearchFile>, 'bytes'> & { readonly base64: string };

/** The one route of the room. Throws at once where the credential is too short. */
export function researchRoutes(parts: {
  readonly research: ResearchPort;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}): FastifyPluginAsync {
  return internalCalls({ path: PATH, calls: callsOf(parts.research), credential: parts.credential });
}

/** The room's port; each call rejects with what the room refuses, or UNREACHABLE (retriable). */
export function createResearchClient(options: InternalCallerOptions): ResearchPort {
  const call = createInternalCaller({ path: PATH, what: 'research' }, options);
  const items = async (name: string, asked: readonly unknown[]): Promise<readonly ResearchItem[]> =>
    (await call<OnWire<ResearchItem>[]>(name, asked)).map(markedFromWire<ResearchItem>);
  return {
    add: async (...asked) => markedFromWire<ResearchItem>(await call('add', asked)),
    command: async (...asked) => markedFromWire<ResearchItem>(await call('command', asked)),
    async find(...asked) {
      const found = await call<OnWire<ResearchItem> | null>('find', asked);
      return found === null ? undefined : markedFromWire<ResearchItem>(found);
    },
    list: (...asked) => items('list', asked),
    catalogue: (...asked) => items('catalogue', asked),
    async file(...asked) {
      const { base64, ...rest } = await call<FileOnWire>('file', asked);
      return { ...markedFromWire<Omit<ResearchFile, 'bytes'>>(rest), bytes: Buffer.from(base64, 'base64') };
    },
  };
}

/** Every call by its name; what is not here cannot be called. */
function callsOf(research: ResearchPort): ReadonlyMap<string, InternalCall> {
  return new Map<string, InternalCall>([
    ['add', async (...asked: Parameters<ResearchPort['add']>) => markedToWire(await research.add(...asked))],
    ['command', async (...asked: Parameters<ResearchPort['command']>) => markedToWire(await research.command(...asked))],
    ['find', async (...asked: Parameters<ResearchPort['find']>) => orNull(await research.find(...asked), markedToWire<ResearchItem>)],
    ['list', async (...asked: Parameters<ResearchPort['list']>) => (await research.list(...asked)).map(markedToWire)],
    ['catalogue', async (...asked: Parameters<ResearchPort['catalogue']>) => (await research.catalogue(...asked)).map(markedToWire)],
    ['file', async (...asked: Parameters<ResearchPort['file']>) => fileToWire(await research.file(...asked))],
  ]);
} // prettier-ignore

function fileToWire({ bytes, ...rest }: ResearchFile): FileOnWire {
  return { ...markedToWire(rest), base64: Buffer.from(bytes).toString('base64') };
}
