// Requests whose view could not be chosen, because the front door's copy of the registry was of no use: fail-closed, whichever gateway
// says so. Holds: the gateway's own copy may be good again; answering from it, of a view that the reader did not ask for, would be
// a wrong answer and no refusal. Source: README.md#front-door

import type { IncomingMessage } from 'node:http';

const turnedAway = new WeakSet<IncomingMessage>();

/** Has the gateway that is handed the request refuse it. */
export function turnAway(request: IncomingMessage): void {
  turnedAway.add(request);
}

/** Whether the front door could not tell whose view it is for. */
export function isTurnedAway(request: IncomingMessage): boolean {
  return turnedAway.has(request);
}
