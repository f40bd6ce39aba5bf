// One connection to the broker as its administrator, and one request on it.
// Holds: driver errors are translated here, once; their text stays in `cause`. Source: ../README.md#failures

import { AuthenticationError, Connection, ResponseError, SASLMechanisms } from '@platformatic/kafka';
import { toTlsOptions, type BusTls } from '@sitebus/sdk';
import { brokerRefused, notAdmin, unreachable } from '../errors.ts';

/** How long the broker may take over one request. */
export const REQUEST_TIMEOUT_MS = 20_000;

/** Who administrates. PLAIN where the administrator is one of the broker's own listener, as in containers. */
export interface AdminLogin {
  readonly user: string;
  readonly password: string;
  /** Default SCRAM-SHA-512. */
  readonly mechanism?: 'SCRAM-SHA-512' | 'PLAIN';
}

/** Connects to the first address that answers. Rejects with UNREACHABLE, or NOT_ADMIN (wrong name or password). */
export async function openConnection(
  addresses: readonly string[],
  admin: AdminLogin,
  tls: BusTls = false,
): Promise<Connection> {
  const options = toTlsOptions(tls);
  let last: unknown;
  for (const address of addresses) {
    const [host = '', port = ''] = address.trim().split(/:(?=\d+$)/);
    const connection = new Connection('sitebus-provision', {
      connectTimeout: 5_000,
      requestTimeout: REQUEST_TIMEOUT_MS,
      ...(options !== false && { tls: options === true ? {} : options }),
      sasl: {
        mechanism: admin.mechanism ?? SASLMechanisms.SCRAM_SHA_512,
        username: admin.user,
        password: admin.password,
      },
    });
    connection.on('error', () => undefined); // the rejected connect below carries the same error
    try {
      await connection.connect(host, Number(port));
      return connection;
    } catch (error) {
      if (isRefusedLogin(error)) throw notAdmin({ user: admin.user }, error);
      last = error;
    }
  }
  const code = codeOf(last);
  throw unreachable({ what: 'broker', address: addresses.join(','), ...(code !== undefined && { code }) }, last);
}

/** What the system or TLS says of a failed connection, such as ECONNREFUSED or SELF_SIGNED_CERT_IN_CHAIN: the innermost code. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return (cause === undefined ? undefined : codeOf(cause)) ?? (typeof code === 'string' ? code : undefined);
}

function isRefusedLogin(error: unknown): boolean {
  return (
    error instanceof AuthenticationError ||
    (error instanceof Error && error.cause !== undefined && isRefusedLogin(error.cause))
  );
}

/** Awaits one request, for `what` by `name`; an answer whose every fault is `tolerated` counts as done. Rejects with BROKER_REFUSED or UNREACHABLE. */
export async function call<T>(what: string, name: string, request: Promise<T>, tolerated?: number): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof ResponseError)) throw unreachable({ what: 'broker', address: what }, error);
    const faults = error.errors.map(
      (fault: unknown) => fault as { readonly apiCode?: number; readonly apiId?: string },
    );
    if (tolerated !== undefined && faults.every((fault) => fault.apiCode === tolerated)) return error['response'] as T;
    const refused = faults.find((fault) => fault.apiCode !== tolerated);
    throw brokerRefused({ what, name, error: refused?.apiId ?? 'UNKNOWN' }, error);
  }
}
