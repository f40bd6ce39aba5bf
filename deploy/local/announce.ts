// Tells people (the card) and tools (the state file) where a started stack is.
// Holds: both say the same; the state file is readable by its owner alone.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeState } from '@sitebus/cli';
import type { LocalStack } from './bring-up.ts';
import { renderCard } from './card.ts';
import type { Places } from './places.ts';

/** The roles of the card, in its order; who holds them is policy. */
const CARD_ROLES = [
  'analyst', 'operator', 'panel-member', 'secretariat', 'cleared-rep', 'partner-admin', 'researcher', 'reviewer', 'administrator', 'public',
]; // prettier-ignore

/** Writes the state file; @returns the card. */
export async function announce(
  checkout: string,
  places: Places,
  { stack, processes, moved }: LocalStack,
  startedAtMs: number,
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string };
  const card = renderCard({
    version,
    readySeconds: (Date.now() - startedAtMs) / 1000,
    gateway: stack.gateway,
    admin: stack.health,
    bootstrap: processes.bootstrap,
    registry: processes.registryUrl,
    people: CARD_ROLES.flatMap((role) => stack.tokens.filter((token) => token.role === role)).map(
      ({ role, person, token }) => ({
        role,
        name: person.name,
        homeView: person.homeView,
        token,
      }),
    ),
    moved: moved.map(({ wanted, port, holder }) => ({
      wanted,
      got: port,
      holder: holder === undefined ? 'another process' : `pid ${holder.pid} ${holder.command}`,
    })),
    notes: [`files dropped into ${places.inboxDir}/<agency>/ are imported`],
  });
  await writeState(places.stateFile, {
    gateway: stack.gateway,
    admin: stack.health,
    tokens: Object.fromEntries(stack.tokens.map(({ role, token }) => [role, token])),
    ledgerKeys: stack.ledgerKeys,
    bus: { bootstrap: processes.bootstrap },
    registry: processes.registryUrl,
    card,
    pids: {
      stack: process.pid,
      broker: processes.pids.kafka,
      registry: processes.pids.apicurio,
      ...(processes.pids.postgres === undefined ? {} : { postgres: processes.pids.postgres }),
    },
    dataDir: places.dataDir,
  });
  return card;
}
