// policy key, sign, verify: who stands for the files of a policy folder; works without a server.
// Holds: a seed is read from a file or made into one, never an argument and never printed; what was signed is every byte of
// the folder. Source: services/sdk/README.md#policy

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRefusal, POLICY_NOTE, policyRootOf, policyRootsOf, policySigners, signPolicy } from '@sitebus/sdk';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { say } from '../render/answer.ts';
import type { Registration } from './command.ts';

/** 32 bytes in base64url. */
const SEED = /^[A-Za-z0-9_-]{43}$/;
const PERSON = /^[\w.-]{1,64}$/;

interface Folder {
  readonly policy?: string;
  readonly note?: string;
}

/** Registers the policy commands. */
export const registerPolicy: Registration = (program, run) => {
  const policy = program
    .command('policy')
    .description('sign a policy folder, and see who has signed it; works offline');
  policy
    .command('key <person>')
    .description('make a key: its seed goes to a file, its public half to stdout, for SITEBUS_POLICY_ROOTS')
    .requiredOption('--out <file>', 'where the seed goes, readable by you alone; never overwritten')
    .addHelpText('before', 'Examples:\n  sitebus policy key anna --out anna.seed\n')
    .action((person: string, { out }: { readonly out: string }) => run((context) => makeKey(context, person, out)));
  onFolder(policy.command('sign <person>'))
    .description('add your signature over every byte of the folder to its note')
    .requiredOption('--key <file>', 'the seed that `policy key` made')
    .addHelpText('before', 'Examples:\n  sitebus policy sign anna --key anna.seed\n')
    .action((person: string, options: Folder & { readonly key: string }) =>
      run((context, flags) => sign(context, flags, person, options)),
    );
  onFolder(policy.command('verify'))
    .description('whether two of the pinned persons have signed exactly this')
    .option('--roots <keys>', 'their keys, comma-separated (default: SITEBUS_POLICY_ROOTS)')
    .addHelpText('before', 'Examples:\n  sitebus policy verify --roots "$SITEBUS_POLICY_ROOTS" --json\n')
    .action((options: Folder & { readonly roots?: string }) =>
      run((context, flags) => verify(context, flags, options)),
    );
};

function onFolder<C extends { option(flags: string, description: string): C }>(command: C): C {
  return command
    .option('--policy <dir>', 'policy folder (default: the checkout, or below SITEBUS_SCHEMAS)')
    .option('--note <file>', `the note (default: ${POLICY_NOTE} in the folder)`);
}

async function makeKey(context: CliContext, person: string, out: string): Promise<number> {
  if (!PERSON.test(person))
    throw usageError('a person is letters, digits, dots and dashes', 'sitebus policy key --help');
  const seed = randomBytes(32).toString('base64url');
  const file = resolve(context.cwd, out);
  await writeFile(file, `${seed}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    const what =
      (cause as NodeJS.ErrnoException).code === 'EEXIST'
        ? 'the file is there already, and may hold a key'
        : 'the file cannot be written';
    throw new CliError(EXIT.failed, what, { where: [file], next: 'name another file with --out', cause });
  });
  const { name, publicKey } = policyRootOf(person, seed);
  context.out(`${renderVerifierKey(name, publicKey)}\n`);
  return EXIT.done;
}

async function sign(
  context: CliContext,
  flags: GlobalFlags,
  person: string,
  options: Folder & { readonly key: string },
): Promise<number> {
  const { dir, note } = placesOf(context, options);
  const keyFile = resolve(context.cwd, options.key);
  const seed = (await readFile(keyFile, 'utf8').catch(() => '')).trim();
  if (!SEED.test(seed))
    throw new CliError(EXIT.failed, 'no seed in the file', { where: [keyFile], next: 'sitebus policy key --help' });
  const before = await readFile(note, 'utf8').catch(() => undefined);
  const signed = await orSay(dir, signPolicy(dir, { person, seed }, before));
  await writeFile(note, signed);
  const signatures = signed.split('\n').filter((line) => line.startsWith('— ')).length;
  if (flags.json) context.out(`${JSON.stringify({ note, signatures })}\n`);
  else say(context, flags, `${note}: ${signatures} ${signatures === 1 ? 'signature' : 'signatures'}`);
  return EXIT.done;
}

async function verify(
  context: CliContext,
  flags: GlobalFlags,
  options: Folder & { readonly roots?: string },
): Promise<number> {
  const { dir, note } = placesOf(context, options);
  const roots = options.roots ?? context.env['SITEBUS_POLICY_ROOTS'] ?? '';
  if (roots === '') throw usageError('--roots or SITEBUS_POLICY_ROOTS is needed', 'sitebus policy verify --help');
  const trust = async () => policySigners(dir, { roots: policyRootsOf(roots.split(',')), notePath: note });
  const { version, names } = await orSay(dir, trust());
  context.out(
    flags.json ? `${JSON.stringify({ version, signedBy: names })}\n` : `version ${version}: ${names.join(', ')}\n`,
  );
  return EXIT.done;
}

function placesOf(context: CliContext, { policy, note }: Folder): { readonly dir: string; readonly note: string } {
  const dir = policy === undefined ? join(contractFolder(context.env), 'policy') : resolve(context.cwd, policy);
  return { dir, note: note === undefined ? join(dir, POLICY_NOTE) : resolve(context.cwd, note) };
}

async function orSay<T>(dir: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { reason, file, pointer } = cause.details;
    throw new CliError(EXIT.failed, `${cause.code}: ${String(reason)}`, {
      where: [[dir, file, pointer].filter((each) => each !== undefined && each !== '').join(' ')],
      next: cause.code === 'POLICY_UNVERIFIED' ? 'sitebus policy sign --help' : 'correct the file',
      cause,
    });
  }
}
