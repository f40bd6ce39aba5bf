// Where one stack keeps what is its own: folders below the checkout, a set for each port base.
// Holds: two stacks of one checkout never share a folder.

import { join } from 'node:path';

export interface Places {
  /** Broker, registry, keys, journals. */
  readonly dataDir: string;
  /** File drops, one folder an agency. */
  readonly inboxDir: string;
  /** Addresses and tokens for the tools; see the CLI's README. */
  readonly stateFile: string;
  readonly logFile: string;
}

/** The folders of the stack that `npm start` runs in `checkout`, or of a second one with a port base of its own. */
export function placesOf(checkout: string, portBase?: number): Places {
  const home = join(checkout, '.sitebus');
  if (portBase === undefined)
    return {
      dataDir: join(home, 'data'),
      inboxDir: join(checkout, 'inbox'),
      stateFile: join(home, 'state.json'),
      logFile: join(home, 'data', 'sitebus.log'),
    };
  const own = join(home, `stack-${portBase}`);
  return {
    dataDir: join(own, 'data'),
    inboxDir: join(own, 'inbox'),
    stateFile: join(own, '.sitebus', 'state.json'),
    logFile: join(own, 'data', 'sitebus.log'),
  };
}
