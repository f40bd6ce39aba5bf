// What the readers' bench measures: gateways that serve alert streams, and what they hang on. Two ways of running them are
// files of their own: readers-apart.ts and readers-together.ts.

import type { Person, Policy } from '@sitebus/sdk';
import type { LoopDelay, Memory } from './readers-look.ts';

/** Gateways, ready. */
export interface ReadersStack {
  readonly policy: Policy;
  readonly bootstrap: string;
  /** The broker's process, where it is ours to say how it compiles. */
  readonly brokerPid?: number;
  /** May do everything on the broker. */
  readonly admin: { readonly user: string; readonly password: string };
  readonly lockFile: string;
  /** Writes people and keys. */
  readonly registry: {
    put(person: Person): Promise<unknown>;
    issueKey(key: { readonly name: string; readonly person: string }): Promise<string>;
  };
  /** `http://host:port` where a view is read. */
  addressOf(view: string): string;
  /** Parts by pid, for whoever reads the kernel's figures; this process is `services` unless named. */
  readonly named: Readonly<Record<number, string>>;
  /** Whether a part's time is counted into what a delivery costs. */
  isService(part: string): boolean;
  /** Of all gateways together, after collecting garbage. */
  memory(): Promise<Memory>;
  /** Watches the gateways' loops; with a file, profiles them. @returns what ends it and says how late the worst one was. */
  watch(profile?: string): Promise<() => Promise<LoopDelay>>;
  close(): Promise<void>;
}
