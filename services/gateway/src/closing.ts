// Lets a listener go without waiting for those who only keep a connection open.
// Holds: what is being answered is answered, for as long as `drainMs` allows; then it is cut.

import type { Server } from 'node:http';

/** How often connections that fell idle are looked for. */
const LOOK_MS = 50;

/**
 * From now on closes every connection that is idle, and after `drainMs` all of them.
 * @returns how to stop that, once the listener is closed
 */
export function hurryClosing(server: Server, drainMs: number): () => void {
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  const cutting = setTimeout(() => server.closeAllConnections(), drainMs);
  return () => {
    clearInterval(looking);
    clearTimeout(cutting);
  };
}
