// From policy and contract to a bus that lets each service do its work and nothing else.
// Holds: everything is computed; running it twice changes nothing the second time; with `apply: false` nothing is written.
// Source: README.md

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isSamePolicy,
  keepPolicy,
  keptNote,
  KEPT_POLICIES,
  loadPolicy,
  loadSchemaSet,
  loadSignedPolicy,
  openPolicyArchive,
  POLICY_NOTE,
  policyUnverified,
} from '@sitebus/sdk';
import type { BusTls, Policy, PolicyTrust, RecordSchema } from '@sitebus/sdk';
import { withLock } from '../setup/folder-lock.ts';
import { desiredAcls } from './acls.ts';
import { connectBroker } from './adapters/broker.ts';
import type { AdminLogin } from './adapters/broker.ts';
import { connectRegistry } from './adapters/registry.ts';
import type { RegisteredSchema } from './adapters/registry.ts';
import { applyPlan } from './apply.ts';
import type { Step } from './apply.ts';
import { loadCredentials, saveCredentials, withCredentialsFor } from './credentials.ts';
import type { Credential, CredentialFile } from './credentials.ts';
import { writeLock } from './lock.ts';
import { observeBroker, observeRegistry } from './observe.ts';
import type { ObservedRegistry } from './observe.ts';
import { planOf } from './plan.ts';
import type { DesiredState, Plan } from './plan.ts';
import { notProvisioned } from './errors.ts';
import { localTrust, signLocally } from './policy-roots.ts';
import { desiredPrincipals } from './principals.ts';
import type { Counts } from './report.ts';
import { desiredTopics } from './topics.ts';

export interface ProvisionOptions {
  /** `host:port`, several with commas. */
  readonly bootstrap: string;
  /** The registry's ccompat root, such as `http://localhost:18081/apis/ccompat/v7`. */
  readonly registryUrl: string;
  readonly admin: AdminLogin;
  /** TLS to the broker; default false: a loopback stack. */
  readonly tls?: BusTls;
  /** Where `credentials.json` and `schemas.lock.json` lie. */
  readonly dataDir: string;
  /** The folder with `avro/` and `policy/`. */
  readonly schemasDir: string;
  /** Whose signatures a policy needs; absent: the folder's own keys sign what lies there, for a stack nobody else uses. */
  readonly policyTrust?: PolicyTrust;
  /** Default true; false plans only, and writes nothing anywhere. */
  readonly apply?: boolean;
  /** Default false; removes ACLs and principals that policy does not have. */
  readonly prune?: boolean;
  readonly onProgress?: (step: Step, count: number) => void;
}

export interface Provisioned {
  /** By principal; empty when only planned. */
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly lockPath: string;
  readonly counts: Counts;
  /** Whom the services are to believe about policy; absent when only planned. */
  readonly policyTrust?: PolicyTrust;
  /** What was found to be different, before anything was applied. */
  readonly plan: Plan;
}

/** File name of the lock below the data folder. */
export const LOCK_FILE = 'schemas.lock.json';
const WAIT_FOR_OTHERS_MS = 60_000;

/**
 * Provisions broker and registry.
 * Rejects with POLICY_UNVERIFIED, POLICY_OUTDATED, POLICY_REFUSED or INCOMPATIBLE_SCHEMA (nothing changed), NOT_ADMIN, UNREACHABLE, BROKER_REFUSED, REGISTRY_REFUSED.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const schemas = await loadSchemaSet(join(options.schemasDir, 'avro'));
  const policyDir = join(options.schemasDir, 'policy');
  const run = (policy: Policy, policyNote: string): Promise<Provisioned> => {
    const desired = desiredState(policy, schemas);
    return provisionTo(desired, { counts: countsOf(policy, desired), policyNote }, options);
  };
  if (options.apply === false) return run(await loadPolicy(policyDir), ''); // changes nothing, so anybody may see what it would
  const { dataDir } = options;
  const archive = join(dataDir, KEPT_POLICIES);
  return withLock(join(dataDir, 'provision.lock'), WAIT_FOR_OTHERS_MS, async () => {
    const policyTrust = options.policyTrust ?? (await signLocally(dataDir, policyDir));
    const policy = await loadSignedPolicy(policyDir, { ...policyTrust, atLeast: await newestKept(archive) });
    const { version } = policy;
    const note = await readFile(policyTrust.notePath ?? join(policyDir, POLICY_NOTE), 'utf8');
    if (options.policyTrust !== undefined) await mustBeTheOneKept(archive, version, note);
    const provisioned = await run(policy, note);
    await keepPolicy(archive, policyDir, { version, note });
    return { ...provisioned, policyTrust };
  });
}

/**
 * What an earlier `provision` left in a folder, for a process that may not administrate; `trust` as it was given there.
 * Rejects with POLICY_UNVERIFIED or POLICY_OUTDATED, or when the folder has no passwords for the principals of this policy: provisioning has not run there.
 */
export async function loadProvisioned(
  folder: string,
  schemasDir: string,
  trust?: PolicyTrust,
): Promise<Pick<Provisioned, 'credentials' | 'lockPath' | 'counts' | 'policyTrust'>> {
  const policyTrust = trust ?? (await localTrust(folder));
  const atLeast = await newestKept(join(folder, KEPT_POLICIES));
  const [policy, schemas, file] = await Promise.all([
    loadSignedPolicy(join(schemasDir, 'policy'), { ...policyTrust, atLeast }),
    loadSchemaSet(join(schemasDir, 'avro')),
    loadCredentials(folder),
  ]);
  const desired = desiredState(policy, schemas);
  const names = desired.principals.map(({ name }) => name);
  const missing = names.filter((name) => file.credentials[name] === undefined);
  if (missing.length > 0) throw notProvisioned({ folder, missing: missing.length });
  return {
    credentials: pick(file.credentials, names),
    lockPath: join(folder, LOCK_FILE),
    counts: countsOf(policy, desired),
    policyTrust,
  };
}

/** Computes what policy and contract ask for. Pure; throws POLICY_REFUSED. */
export function desiredState(policy: Policy, schemas: readonly RecordSchema[]): DesiredState {
  return {
    topics: desiredTopics(policy),
    principals: desiredPrincipals(policy),
    acls: desiredAcls(policy),
    schemas,
  };
}

async function provisionTo(
  desired: DesiredState,
  { counts, policyNote }: { readonly counts: Counts; readonly policyNote: string },
  options: ProvisionOptions,
): Promise<Provisioned> {
  const registry = connectRegistry(options.registryUrl);
  const broker = await connectBroker(options.bootstrap, options.admin, options.tls);
  try {
    const [onBroker, onRegistry, file] = await Promise.all([
      observeBroker(broker),
      observeRegistry(registry, desired.schemas),
      loadCredentials(options.dataDir),
    ]);
    const names = desired.principals.map(({ name }) => name);
    const known = new Set(file.clusterId === onBroker.clusterId ? file.set : []);
    const plan = planOf(desired, onBroker, onRegistry, { known, admin: options.admin.user });
    const lockPath = join(options.dataDir, LOCK_FILE);
    if (options.apply === false) return { credentials: {}, lockPath, counts, plan };

    const credentials = withCredentialsFor(file, names, onBroker.clusterId);
    if (plan.setPasswords.length > 0) await saveCredentials(options.dataDir, credentials);
    const registered = await applyPlan(plan, {
      broker,
      registry,
      credentials: credentials.credentials,
      prune: options.prune ?? false,
      ...(options.onProgress === undefined ? {} : { onStep: options.onProgress }),
    });
    if (plan.setPasswords.length > 0) await saveCredentials(options.dataDir, markedSet(credentials, names));
    await writeLock(lockPath, desired.schemas, allRegistered(onRegistry, registered), policyNote);
    return { credentials: pick(credentials.credentials, names), lockPath, counts, plan };
  } finally {
    await broker.close();
  }
}

/** The version that was provisioned last; 0 before any. */
async function newestKept(archive: string): Promise<number> {
  return (await openPolicyArchive(archive, []).versions()).at(-1) ?? 0;
}

/** Persons sign a version once: two policies of one version could not be told apart later. */
async function mustBeTheOneKept(archive: string, version: number, note: string): Promise<void> {
  const kept = await keptNote(archive, version);
  if (kept !== undefined && !isSamePolicy(kept, note))
    throw policyUnverified({ reason: `version ${version} was provisioned with other files` });
}

function countsOf(policy: Policy, desired: DesiredState): Counts {
  return {
    cells: policy.cells.length,
    views: policy.views.length,
    topics: desired.topics.length,
    principals: desired.principals.length,
    acls: desired.acls.length,
    schemas: desired.schemas.length,
  };
}

function allRegistered(
  before: ObservedRegistry,
  now: readonly RegisteredSchema[],
): ReadonlyMap<string, RegisteredSchema> {
  return new Map([...before.registered, ...now.map((entry) => [entry.subject, entry] as const)]);
}

const markedSet = (file: CredentialFile, names: readonly string[]): CredentialFile => ({ ...file, set: [...names] });

function pick(credentials: Readonly<Record<string, Credential>>, names: readonly string[]): Record<string, Credential> {
  return Object.fromEntries(
    names.flatMap((name) => (credentials[name] === undefined ? [] : [[name, credentials[name]] as const])),
  );
}
