// The shape every command has: how it is registered, and what running it answers.
// Holds: a command answers an exit code or throws a CliError; it reads flags as given and everything else from the context.

import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway } from '../gateway.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';

/** Registers one or more commands. `run` hands the parsed words to the command and keeps its exit code. */
export type Registration = (program: Command, run: Run) => void;

/** Ends a command: commander calls `action`, its exit code becomes the program's. */
export type Run = (action: (context: CliContext, flags: GlobalFlags) => Promise<number>) => Promise<void>;

/** A session and the gateway seen by it. */
export async function connect(
  context: CliContext,
  flags: GlobalFlags,
): Promise<{ readonly session: Session; readonly gateway: Gateway }> {
  const session = await openSession(context, flags);
  return { session, gateway: createGateway(session, context, flags) };
}

/** Reads repeated `--filter name=value` into query parameters. */
export function readFilters(filters: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    filters.flatMap((filter) =>
      filter.split(/[,&]/).map((pair) => {
        const equals = pair.indexOf('=');
        return equals === -1 ? [pair, 'true'] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
      }),
    ) as [string, string][],
  );
}

/** Collects a repeated option. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
