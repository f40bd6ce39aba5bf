// Starts a process of the readers' bench, which answers each message with one.
// Holds: a child that ends fails whoever asks it; ending one is told when it is gone.

import { fork, type ChildProcess } from 'node:child_process';

/** A process of the bench. */
export interface Child {
  readonly pid: number;
  /** Rejects once the process has ended; one question at a time. */
  ask<A>(message: object): Promise<A>;
  /** Rejects, with what it logged last, when the process has ended. */
  readonly gone: Promise<never>;
  /** SIGTERM; resolves when it has gone. */
  end(): Promise<void>;
}

const MOST_TOLD_CHARS = 4_000;

/** Runs a file, one in TypeScript from its source, with `flags` for Node and, where named, an environment that replaces this one's. */
export function startChild(
  file: string,
  { flags = [], env }: { readonly flags?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Child {
  const loader = file.endsWith('.ts') ? ['--conditions=source', '--import', 'tsx'] : [];
  const execArgv = [...loader, ...flags];
  const child: ChildProcess = fork(file, {
    execArgv,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    ...(env && { env }),
  });
  let told = ''; // what it logged last, for whoever asks it when it has ended
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (told = `${told}${text}`.slice(-MOST_TOLD_CHARS)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const gone = exited.then((code) => Promise.reject(new Error(`${file} ended with ${code}\n${told}`)));
  gone.catch(() => undefined); // told to whoever asks
  return {
    pid: child.pid ?? 0,
    gone,
    ask: <A>(message: object) =>
      Promise.race([gone, new Promise<A>((resolve) => { child.once('message', (answer) => resolve(answer as A)); child.send(message); })]), // prettier-ignore
    async end() {
      child.kill();
      await exited;
    },
  };
}
