// The desk's database of every view, and the research room's: tables, and who signs in. Beside the bus, and as idempotent.
// Holds: passwords are made here, 256 random bits each, kept in one file that only its owner reads, written before the
// database learns them; gateways get a URL of their own view's role and never the owner's.

import { provisionStore } from '@sitebus/gateway/store';
import { provisionResearchStore, ROLE as RESEARCH_ROLE } from '@sitebus/research/store';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notProvisioned, storeRefused, unreachable } from './errors.ts';

/** How a view's gateways, and the research room, reach their database: a URL with role and password, by view. */
export type StoreUrls = Readonly<Record<string, string>>;

/** The research room's place among the URLs: no view can be called so. */
export const RESEARCH_STORE = '(research)';

const FILE = 'store.json';
const PASSWORD_BYTES = 32;

/**
 * Migrates the database and gives each view its role.
 * `ownerUrl` names the database's owner, who may create roles. Rejects with UNREACHABLE or STORE_REFUSED.
 */
export async function provisionDesk(options: {
  readonly ownerUrl: string;
  readonly views: readonly string[];
  /** Where the file with the URLs is kept. */
  readonly dataDir: string;
}): Promise<StoreUrls> {
  const kept = await readUrls(options.dataDir);
  const passwordOf = (place: string): string =>
    kept[place] === undefined ? randomBytes(PASSWORD_BYTES).toString('base64url') : new URL(kept[place]).password;
  const passwords = options.views.map((view) => ({ view, password: passwordOf(view) }));
  const ofResearch = passwordOf(RESEARCH_STORE);
  const urls = Object.fromEntries([
    ...passwords.map(({ view, password }) => [view, urlOf(options.ownerUrl, `gateway_${view}`, password)]),
    [RESEARCH_STORE, urlOf(options.ownerUrl, RESEARCH_ROLE, ofResearch)],
  ]) as StoreUrls;
  if (JSON.stringify(kept) !== JSON.stringify(urls)) await writeUrls(options.dataDir, urls);
  try {
    await provisionStore(options.ownerUrl, passwords); // first: it makes a database that is missing
    await provisionResearchStore(options.ownerUrl, ofResearch);
  } catch (cause) {
    throw refusalOf(options.ownerUrl, cause);
  }
  return urls;
}

/** What an earlier `provisionDesk` left in a folder. Rejects with NOT_PROVISIONED where a view has none. */
export async function loadStoreUrls(folder: string, views: readonly string[]): Promise<StoreUrls> {
  const urls = await readUrls(folder);
  const missing = views.filter((view) => urls[view] === undefined);
  if (missing.length > 0) throw notProvisioned({ folder, missing: missing.length });
  return urls;
}

function refusalOf(ownerUrl: string, cause: unknown): Error {
  const { host: address } = new URL(ownerUrl);
  const { code: sqlState = '' } = cause as { readonly code?: string };
  const isState = /^[0-9A-Z]{5}$/.test(sqlState); // anything else is the network's own code
  return isState ? storeRefused({ address, sqlState }, cause) : unreachable({ what: 'database', address }, cause);
}

function urlOf(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

async function readUrls(folder: string): Promise<StoreUrls> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as StoreUrls;
}

async function writeUrls(folder: string, urls: StoreUrls): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `${FILE}.${process.pid}.part`);
  await writeFile(part, `${JSON.stringify(urls, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600); // an older part file would have kept its own mode
  await rename(part, join(folder, FILE));
}
