// Whose word about a ledger counts on this machine, and how its notes are asked for.
// Holds: keys come from a file or from this machine's state file, never from the gateway that is checked.
// Source: services/ledger/README.md#what-a-proof-shows

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseVerifierKey, type VerifierKey } from '@sitebus/sdk/merkle';
import type { CliContext } from './context.ts';
import { CliError, EXIT, usageError } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { findState } from './state-file.ts';

/** The option by which a person names the keys they trust. */
export const KEYS_OPTION = [
  '--keys <file>',
  'verifier keys of the ledger, one a line (default: those of the running stack)',
] as const;

/** What `KEYS_OPTION` gives. */
export interface Trust {
  readonly keys?: string;
}

/** Keys from a file, or of the running stack. Throws a usage CliError where there are none: nothing is proven to nobody. */
export async function trustedKeys(context: CliContext, { keys: file }: Trust): Promise<readonly VerifierKey[]> {
  const texts =
    file === undefined
      ? ((await findState(context.cwd))?.state.ledgerKeys ?? [])
      : (await readText(context, file)).split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  if (texts.length === 0)
    throw usageError(
      'no key of the ledger is known here',
      'ask who runs the ledger for its keys, and give --keys <file>',
    );
  return texts.map((text) => parseVerifierKey(text) ?? refuseKey(text));
}

function refuseKey(text: string): never {
  throw usageError(`"${text.slice(0, 60)}" is no verifier key`);
}

/** A signed note as the gateway has it. */
export async function noteAt(
  gateway: Gateway,
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): Promise<string> {
  return (await gateway.open({ path, query, headers: { accept: 'text/plain' } })).text();
}

/** A file's text. Throws a usage CliError where it cannot be read. */
export async function readText(context: CliContext, file: string): Promise<string> {
  return readFile(resolve(context.cwd, file), 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.usage, `${file} cannot be read`, { cause });
  });
}
