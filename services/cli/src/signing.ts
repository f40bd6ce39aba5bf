// A person's signature on what they were shown, and on nothing else.
// Holds: the text to be signed is read, not believed: where it says something else than the answer beside it, nothing is
// signed; the key comes from a file, never from an argument, and goes nowhere. Source: RFC 8032, RFC 8785;
// services/protocol/README.md#grants

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { signStatement } from '@sitebus/sdk';
import { CliError, EXIT, usageError } from './errors.ts';

/** What a tearline or a downgrade shows of itself. */
export type Shown = Readonly<Record<string, unknown>>;

/** @returns the signature on `toSign`. Throws where the text is not on what is shown, or the key cannot be read. */
export async function signShown(
  kind: 'tearline' | 'downgrade',
  shown: Shown,
  file: string,
  cwd: string,
): Promise<string> {
  const { toSign } = shown;
  const text = typeof toSign === 'string' ? toSign : '';
  const differing = kind === 'tearline' ? inTearline(shown, text) : inDowngrade(shown, text);
  if (differing !== undefined)
    throw new CliError(EXIT.failed, `the text to be signed says something else than what is shown: ${differing}`, {
      next: 'tell the security office; nothing was signed',
    });
  return signStatement(text, await seedIn(file, cwd));
}

async function seedIn(file: string, cwd: string): Promise<string> {
  const seed = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.usage, `the signing key ${file} cannot be read`, { cause });
  });
  if (!/^[A-Za-z0-9_-]{43}$/.test(seed.trim()))
    throw usageError(`${file} holds no signing key`, 'a signing key is 32 bytes in base64url on one line');
  return seed.trim();
}

/** @returns what differs: the draft must have the hash that is signed, and the hash must be of what is shown. */
function inTearline({ id, draft }: Shown, text: string): string | undefined {
  const { contentHash, marking, ...content } = (draft ?? {}) as Shown;
  const { banner: _banner, ...wire } = (marking ?? {}) as Shown;
  const hash = createHash('sha256')
    .update(canonicalText({ ...content, marking: wire }), 'utf8')
    .digest('hex');
  if (hash !== contentHash) return 'draft';
  return text === canonicalText({ statement: 'sitebus/tearline-approval/1', tearline: id, contentHash })
    ? undefined
    : 'toSign';
}

function inDowngrade(shown: Shown, text: string): string | undefined {
  const { agency, cell, from, to, ...rest } = parsed(text);
  const { id, record, contentHash, reason, expires } = shown;
  const same = { statement: 'sitebus/downgrade-grant/1', id, record, contentHash, reason, expires };
  if (canonicalText(rest) !== canonicalText(same)) return 'grant';
  if (typeof agency !== 'string' || typeof cell !== 'string') return 'agency';
  for (const [name, said] of Object.entries({ from, to })) {
    const { banner: _banner, ...wire } = (shown[name] ?? {}) as Shown;
    if (canonicalText(said) !== canonicalText(wire)) return name;
  }
  return undefined;
}

function parsed(text: string): Shown {
  try {
    return JSON.parse(text) as Shown;
  } catch {
    return {};
  }
}

/** RFC 8785 for what stands in these texts: texts, whole numbers, lists and objects. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
