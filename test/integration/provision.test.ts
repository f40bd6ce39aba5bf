// Provisioning against a real broker and a real registry.
import { randomUUID } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  KEPT_POLICIES, loadSchemaLock, openPolicyArchive, policyRootOf, POLICY_NOTE, signPolicy, toSelfContained,
} from '@sitebus/sdk'; // prettier-ignore
import type { RecordSchema } from '@sitebus/sdk';
import { connectRegistry } from '../../deploy/provision/adapters/registry.ts';
import { isSettled, loadProvisioned, LOCK_FILE, provision } from '../../deploy/provision/index.ts';
import type { ProvisionOptions } from '../../deploy/provision/index.ts';
import { faultsOf, registerAll } from '../../deploy/provision/subjects.ts';
import { provisionedStack } from '../support/provisioned-stack.ts';
import type { ProvisionedStack } from '../support/provisioned-stack.ts';

let stack: ProvisionedStack;
let folder: string;
beforeAll(async () => {
  stack = await provisionedStack();
  folder = await mkdtemp(join(tmpdir(), 'provision-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('provision', () => {
  test('the lock it writes agrees with the registry, id by id, and loads', async () => {
    const { entries } = await loadSchemaLock(stack.lockPath);
    const registry = connectRegistry(stack.registryUrl);
    const found = await Promise.all(entries.map(({ subject, schema }) => registry.find(subject, schema)));
    expect(entries.length).toBeGreaterThan(10);
    expect(found).toEqual(entries.map(({ subject, id, version }) => ({ subject, id, version })));
  });

  test('the second run changes nothing, hands out the same passwords and leaves the lock untouched', async () => {
    const before = await readFile(stack.lockPath, 'utf8');
    const again = await provision(options());
    expect([isSettled(again.plan), again.credentials, await readFile(stack.lockPath, 'utf8')]).toEqual([
      true,
      stack.credentials,
      before,
    ]);
  });

  test('when nothing changes it takes no longer than a start can spare', async () => {
    const before = process.cpuUsage(); // by the clock a busy machine takes any time
    await provision(options());
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_500 * SLOW_MACHINE);
  });

  test('planning with wrong credentials is refused and changes nothing', async () => {
    await expect(provision({ ...options(), admin: { user: 'admin', password: 'wrong' } })).rejects.toMatchObject({
      code: 'NOT_ADMIN',
      retriable: false,
    });
  });

  test('an address where nobody listens is unreachable, and may be tried again', async () => {
    await expect(provision({ ...options(), bootstrap: '127.0.0.1:1' })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
    });
  });
});

describe('signed policy', () => {
  const PINNED = ['anna', 'boris'].map((person, at) => ({
    person,
    seed: Buffer.alloc(32, at + 1).toString('base64url'),
  }));
  const roots = PINNED.map(({ person, seed }) => policyRootOf(person, seed));

  test('with pinned keys a policy is taken when two of them have signed it, and no byte later', async () => {
    const schemasDir = join(folder, 'signed');
    const policyDir = join(schemasDir, 'policy');
    const dataDir = await mkdtemp(join(folder, 'data-'));
    await cp('schemas', schemasDir, { recursive: true });
    const signed = { ...options(), schemasDir, dataDir, policyTrust: { roots } };
    const noteOf = (note: string) => writeFile(join(policyDir, POLICY_NOTE), note);
    const refused = expect.objectContaining({ code: 'POLICY_UNVERIFIED', retriable: false });

    await expect(provision(signed)).rejects.toEqual(refused);
    const one = await signPolicy(policyDir, PINNED[0]!);
    await noteOf(one);
    await expect(provision(signed)).rejects.toEqual(refused);
    expect(await readdir(dataDir)).toEqual([]); // nothing was done
    await noteOf(await signPolicy(policyDir, PINNED[1]!, one));
    const { policyTrust } = await provision(signed);
    await expect(loadProvisioned(dataDir, schemasDir, policyTrust)).resolves.toBeDefined();

    await appendFile(join(policyDir, 'views.json'), ' ');
    await expect(provision(signed)).rejects.toEqual(refused);
    await expect(loadProvisioned(dataDir, schemasDir, policyTrust)).rejects.toEqual(refused);
  });

  test('a policy older than the one in force is refused', async () => {
    const schemasDir = join(folder, 'newer');
    const dataDir = await mkdtemp(join(folder, 'data-'));
    await cp('schemas', schemasDir, { recursive: true });
    const file = join(schemasDir, 'policy', 'policy.json');
    const shipped = JSON.parse(await readFile(file, 'utf8')) as { version: number };
    await writeFile(file, JSON.stringify({ ...shipped, version: shipped.version + 1 }));
    await provision({ ...options(), schemasDir, dataDir });
    await expect(provision({ ...options(), dataDir })).rejects.toMatchObject({
      code: 'POLICY_OUTDATED',
      details: { version: shipped.version, inForce: shipped.version + 1 },
    });
  });

  test('every version that was provisioned is kept with its note, and persons sign a version once', async () => {
    const schemasDir = join(folder, 'kept');
    const policyDir = join(schemasDir, 'policy');
    const dataDir = await mkdtemp(join(folder, 'data-'));
    await cp('schemas', schemasDir, { recursive: true });
    const signedBy = async (version: number): Promise<void> => {
      const shipped = JSON.parse(await readFile(join(policyDir, 'policy.json'), 'utf8')) as object;
      await writeFile(join(policyDir, 'policy.json'), JSON.stringify({ ...shipped, version }));
      let note: string | undefined;
      for (const person of PINNED) note = await signPolicy(policyDir, person, note);
      await writeFile(join(policyDir, POLICY_NOTE), note ?? '');
    };
    const signed = { ...options(), schemasDir, dataDir, policyTrust: { roots } };
    for (const version of [1, 2]) {
      await signedBy(version);
      await provision(signed);
    }
    const archive = openPolicyArchive(join(dataDir, KEPT_POLICIES), roots);
    expect(await archive.versions()).toEqual([1, 2]);
    expect(await archive.read(1)).toMatchObject({ version: 1, signers: ['anna', 'boris'] });
    const { policyNote } = await loadSchemaLock(join(dataDir, LOCK_FILE));
    expect(policyNote).toBe(await readFile(join(policyDir, POLICY_NOTE), 'utf8'));

    await appendFile(join(policyDir, 'views.json'), ' ');
    await signedBy(2);
    await expect(provision(signed)).rejects.toMatchObject({
      code: 'POLICY_UNVERIFIED',
      details: { reason: 'version 2 was provisioned with other files' },
    });
  });
});

describe('schemas', () => {
  const A = { name: 'a', type: 'string' } as const;
  const B = { name: 'b', type: 'int' } as const;

  test('an incompatible schema is refused with its subject and the field that is to blame, and its neighbours are not registered', async () => {
    const registry = connectRegistry(stack.registryUrl);
    const [name, other] = [unique(), unique()];
    await registerAll(registry, [record(name, A)]);
    const neighbour = record(other, A);
    await expect(registerAll(registry, [neighbour, record(name, A, B)])).rejects.toMatchObject({
      code: 'INCOMPATIBLE_SCHEMA',
      details: { subjects: [{ subject: `trial.${name}`, reasons: [expect.stringContaining(`${name}.b`)] }] },
    });
    expect(await registry.find(neighbour.subject, neighbour.text)).toBeUndefined();
  });

  test('a field with a default is taken as the next version, and both versions keep their ids', async () => {
    const registry = connectRegistry(stack.registryUrl);
    const name = unique();
    const [first] = await registerAll(registry, [record(name, A)]);
    const [second] = await registerAll(registry, [record(name, A, { ...B, default: 0 })]);
    expect([first?.version, second?.version]).toEqual([1, 2]);
    expect(await registry.find(`trial.${name}`, record(name, A).text)).toEqual(first);
  });

  test('a version that only its neighbour would accept is refused: compatibility is transitive', async () => {
    const registry = connectRegistry(stack.registryUrl);
    const name = unique();
    await registerAll(registry, [record(name, A, B)]);
    await registerAll(registry, [record(name, A, { ...B, default: 0 })]);
    const faults = await faultsOf(registry, [record(name, A)]);
    expect(faults).toEqual([{ subject: `trial.${name}`, reasons: [expect.stringContaining('version 1')] }]);
  });

  test('a changed contract is planned by name, and a plan registers nothing', async () => {
    const schemasDir = join(folder, 'changed');
    await cp('schemas', schemasDir, { recursive: true });
    const name = unique();
    await writeFile(join(schemasDir, 'avro', 'observation', 'new.avsc'), record(name, A).text);
    const { plan } = await provision({ ...options(), schemasDir, apply: false });
    expect(plan.register.map(({ subject }) => subject)).toEqual([`trial.${name}`]);
    expect(await connectRegistry(stack.registryUrl).versions(`trial.${name}`)).toEqual([]);
  });
});

/** Timings hold on two idle cores; beside other suites of one run they are told apart from a defect by this factor. */
const SLOW_MACHINE = 4;

const unique = (): string => `T${randomUUID().replaceAll('-', '')}`;

function record(
  name: string,
  ...fields: readonly { readonly name: string; readonly type: string; readonly default?: unknown }[]
): RecordSchema {
  return toSelfContained({ type: 'record', name, namespace: 'trial', fields });
}

function options(): ProvisionOptions {
  return {
    bootstrap: stack.brokers.join(),
    registryUrl: stack.registryUrl,
    admin: { user: stack.admin.username, password: stack.admin.password },
    dataDir: stack.dataDir,
    schemasDir: 'schemas',
  };
}
