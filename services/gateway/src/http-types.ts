// What the gateway adds to Fastify's requests, replies and routes.

import type { Opened } from './release.ts';
import type { Subject } from './subject.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking, as of the last judgement. */
    subject: Subject;
    /**
     * Judges who is asking as of now: sets `subject`; rejects where they may not, or no longer, ask this here. Whoever takes a body in
     * while it comes asks before each part that is acted on.
     */
    judge(): Promise<void>;
    traceId: string;
    /** Whether it has reached its route, and may have begun to do what it asks for. */
    isBegun: boolean;
  }
  interface FastifyReply {
    /** What is written: set from a Released, or by the two writers of streams. */
    opened: Opened<unknown> | undefined;
    isProblem: boolean;
  }
  interface FastifyInstance {
    /** Methods by path of every route that does something; complete once the application is ready. */
    readonly routeMethods: ReadonlyMap<string, ReadonlySet<string>>;
  }
  interface FastifyContextConfig {
    /** Media type of the answer; default application/json. */
    produces?: string;
    /** Further ones, where the answer is what `Accept` likes best. */
    alsoProduces?: readonly string[];
    /** Media types of the request's body; default application/json. */
    consumes?: readonly string[];
    /** Answers with a strong ETag of its bytes. */
    etag?: boolean;
    /** Methods of the same path, on routes that only say 405. */
    allow?: readonly string[];
  }
}
