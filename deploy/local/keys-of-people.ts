// Keys with which the people of policy sign in to a local stack.
// Holds: one a person, made once: the registry keeps its hash, the data folder the key.

import type { RegistryWriter } from '@sitebus/gateway';
import type { Person } from '@sitebus/sdk';
import { saveSecrets, type Secrets } from './secrets.ts';

/** A key by the name the card prints: the role for the first person who has it, else the person's id. */
export interface KeyOfPerson {
  readonly role: string;
  readonly person: Person;
  readonly token: string;
}

/** Issues the keys that are missing. @returns one for each person, in their order. */
export async function issueKeys(
  registry: RegistryWriter,
  people: readonly Person[],
  secrets: Secrets,
  dataDir: string,
): Promise<readonly KeyOfPerson[]> {
  const apiKeys: Record<string, string> = { ...secrets.apiKeys };
  const taken = new Set<string>();
  const tokens: { role: string; person: Person; token: string }[] = [];
  for (const person of people) {
    const role = person.roles.find((held) => !taken.has(held));
    const name = role ?? person.person;
    if (role !== undefined) taken.add(role);
    apiKeys[name] ??= await registry.issueKey({ name, person: person.person });
    tokens.push({ role: name, person, token: apiKeys[name] });
  }
  await saveSecrets(dataDir, { ...secrets, apiKeys });
  return tokens;
}
