// The file drop: what is put under <inbox>/<agency>/ is taken in once it is whole, answered beside it, and moved to done/.
// Holds: one file at a time, in the order of their names among those waiting; the answer is on disk before the file moves,
// so a crash repeats the import, and ids make the repetition harmless; what must not be kept of a file is not in done/; a
// bus that is away leaves the file where it is.
// Source: README.md#the-inbox

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import PQueue from 'p-queue';
import { isRefusal, type BatchSummary, type ItemAnswer, type Log } from '@sitebus/sdk';
import { at } from './untrusted.ts';

/** How a file's name tells its format; the folder below the agency's, if any, names the source instead. */
export interface DropRule {
  /** End of the name, such as `.misp.json`; the first rule that fits counts. */
  readonly suffix: string;
  readonly format: string;
  readonly source: string;
}

export interface InboxParts {
  /** The agency's own folder; made when absent. */
  readonly dir: string;
  readonly rules: readonly DropRule[];
  readonly take: (
    format: string,
    source: string,
    content: Buffer,
  ) => AsyncIterable<ItemAnswer | { readonly summary: BatchSummary }>;
  /** What of a file taken in may lie in `done/`; the file itself where nothing of it must go. */
  readonly toKeep: (format: string, source: string, content: Buffer) => Buffer;
  readonly log: Log;
  /** How long a file must not grow before it counts as whole, ms. */
  readonly stableMs?: number;
  /** Pause before a file is tried again when the bus is away, ms. */
  readonly retryMs?: number;
  /** How often the folder is read through for what its watcher was not told of, ms. */
  readonly sweepMs?: number;
}

export interface Inbox {
  start(): Promise<void>;
  /** Finishes the file in hand; the others wait for the next start. */
  stop(): Promise<void>;
  /** Files taken in since the start, refused ones too. */
  taken(): number;
  /** Resolves when no file waits or is in hand. */
  idle(): Promise<void>;
  /** Resolves when every file that lay there at the start has been taken in, or is gone. */
  caughtUp(): Promise<void>;
}

const DONE = 'done';
const ANSWER = '.answer.json';

/** Watches one folder. Rejections of `take` that are not retriable resolve `fatal`: they are defects. */
export function createInbox(parts: InboxParts, onFatal: (cause: Error) => void): Inbox {
  const queue = new PQueue({ concurrency: 1 });
  const retries = new Map<string, NodeJS.Timeout>();
  let watcher: FSWatcher | undefined;
  const waiting = new Set<string>();
  let count = 0;
  let seen: ReadonlyMap<string, string> = new Map();
  let sweeping: NodeJS.Timeout | undefined;
  const caughtUp = deferred();
  /** Of the files that lay there at the start, those still to be taken in; undefined before it is known. */
  let early: Set<string> | undefined;
  const isDone = (isPast: (path: string) => boolean): void => {
    for (const path of early ?? []) if (isPast(path)) early?.delete(path);
    if (early?.size === 0) caughtUp.resolve();
  };
  const enqueue = (path: string): void => {
    if (waiting.has(path)) return;
    waiting.add(path);
    void queue.add(() => takeOne(path).finally(() => waiting.delete(path)));
  };

  async function takeOne(path: string): Promise<void> {
    if (watcher === undefined) return;
    try {
      await takeFile(path, parts);
      count += 1;
      isDone((each) => each === path);
    } catch (cause) {
      if (isGone(cause)) return; // somebody took it back, or an earlier pass has moved it
      if (isRefusal(cause) && cause.retriable) {
        retryLater(path, cause.code);
        return;
      }
      onFatal(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }
  function retryLater(path: string, code: string): void {
    parts.log.warn({ code }, 'a dropped file waits for the bus');
    const again = (): void => {
      retries.delete(path);
      enqueue(path);
    };
    retries.set(path, setTimeout(again, parts.retryMs ?? 2_000));
  }
  /** A file put into a folder in the moment it was made is announced by nobody; one that looks the same twice is whole. */
  async function sweep(): Promise<void> {
    const looks = await looksOf(parts.dir);
    for (const [path, look] of looks) if (seen.get(path) === look && !retries.has(path)) enqueue(path);
    seen = looks;
    early ??= new Set(looks.keys());
    isDone((path) => !looks.has(path));
  }
  function sweepLater(): void {
    if (watcher === undefined) return;
    const again = (): void => void sweep().then(sweepLater, sweepLater); // a folder that is being changed is looked at again
    sweeping = setTimeout(again, parts.sweepMs ?? 1_000).unref();
  }
  return {
    async start() {
      await mkdir(join(parts.dir, DONE), { recursive: true });
      const opened = watch(parts.dir, {
        ignored: (path) => isIgnored(relative(parts.dir, path)),
        awaitWriteFinish: { stabilityThreshold: parts.stableMs ?? 300, pollInterval: 50 },
        depth: 1,
        persistent: false, // a directory handle opened while the watcher closes must not keep the process alive
      });
      watcher = opened;
      opened.on('add', enqueue);
      await new Promise<void>((resolve, reject) => opened.once('ready', resolve).once('error', reject));
      await sweep();
      sweepLater();
    },
    async stop() {
      clearTimeout(sweeping);
      await watcher?.close();
      watcher = undefined;
      queue.clear();
      await queue.onIdle();
      retries.forEach((timer) => clearTimeout(timer)); // after the file in hand, which may have set one
      retries.clear();
    },
    taken: () => count,
    idle: () => queue.onIdle(),
    caughtUp: () => caughtUp.promise,
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** The rule for a file, with the source its folder names; undefined when no rule fits. */
export function ruleFor(path: string, dir: string, rules: readonly DropRule[]): DropRule | undefined {
  const inside = relative(dir, path).split(sep);
  const rule = rules.find(({ suffix }) => path.endsWith(suffix));
  const [folder] = inside;
  return rule !== undefined && inside.length === 2 && folder !== undefined ? { ...rule, source: folder } : rule;
}

async function takeFile(path: string, { dir, rules, take, toKeep }: InboxParts): Promise<void> {
  const content = await readFile(path);
  const rule = ruleFor(path, dir, rules);
  const answers: ItemAnswer[] = [];
  let summary: BatchSummary = { items: 1, accepted: 0, refused: 1, skipped: 0 };
  if (rule === undefined)
    answers.push({
      line: 1,
      pointer: '',
      status: 'refused',
      code: 'FORMAT_UNKNOWN',
      reason: 'the name of the file tells no format',
      fix: `end it with one of ${rules.map(({ suffix }) => suffix).join(' ')}`,
    });
  else
    for await (const answer of take(rule.format, rule.source, content)) {
      if ('summary' in answer) ({ summary } = answer);
      else answers.push(answer);
    }
  const told = {
    file: basename(path),
    ...(rule !== undefined && { format: rule.format, source: rule.source }),
    summary,
    answers,
  };
  await writeFile(`${path}${ANSWER}.part`, `${JSON.stringify(told, null, 2)}\n`);
  await rename(`${path}${ANSWER}.part`, `${path}${ANSWER}`);
  const kept = rule === undefined ? content : toKeep(rule.format, rule.source, content);
  // Named by content: the same file again overwrites itself, another file of that name does not.
  const name = `${createHash('sha256').update(kept).digest('hex').slice(0, 12)}-${basename(path)}`;
  await mkdir(join(dir, DONE), { recursive: true });
  if (kept === content) return rename(path, join(dir, DONE, name));
  await writeFile(join(dir, DONE, `${name}.part`), kept);
  await rename(join(dir, DONE, `${name}.part`), join(dir, DONE, name));
  await rm(path);
}

/** Files that wait, by path, with size and time of their last change. */
async function looksOf(dir: string): Promise<ReadonlyMap<string, string>> {
  const looks = new Map<string, string>();
  for (const inside of await readdir(dir, { recursive: true })) {
    if (inside.split(sep).length > 2 || isIgnored(inside)) continue;
    const path = join(dir, inside);
    const { size, mtimeMs, isFile } = await lookAt(path);
    if (isFile) looks.set(path, `${size} ${mtimeMs}`);
  }
  return looks;
}

async function lookAt(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const found = await stat(path).catch(() => undefined); // taken meanwhile
  return { size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0, isFile: found?.isFile() ?? false };
}

function isIgnored(inside: string): boolean {
  const parts = inside.split(sep);
  const name = basename(inside);
  return (
    parts[0] === DONE || name.endsWith(ANSWER) || name.endsWith('.part') || (name.startsWith('.') && inside !== '')
  );
}

function isGone(cause: unknown): boolean {
  return at(cause, 'code') === 'ENOENT';
}
