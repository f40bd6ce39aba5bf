// Principals with exactly the rights a test gives them: anything about who may do what is tried as one of these.
import { randomBytes } from 'node:crypto';
import { connectBroker, type BrokerAcl } from '../../deploy/provision/adapters/broker.ts';
import type { RealStack } from './real-stack.ts';

/** A right, in the broker's words: what may be done to which resource. */
export type Right = Pick<BrokerAcl, 'operation' | 'resource' | 'name'> & { readonly pattern?: 'LITERAL' | 'PREFIXED' };

/** What a client logs in with. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Makes a SCRAM principal that may do what `rights` lists and nothing else; it lives as long as the broker. */
export async function makePrincipal(
  stack: RealStack,
  username: string,
  rights: readonly Right[],
): Promise<Credentials> {
  const password = randomBytes(24).toString('base64url');
  const broker = await connectBroker(stack.brokers.join(','), {
    user: stack.admin.username,
    password: stack.admin.password,
  });
  try {
    await broker.setPasswords([{ username, password }]);
    await broker.createAcls(
      rights.map(({ pattern = 'LITERAL', ...right }) => ({
        ...right,
        pattern,
        principal: `User:${username}`,
        host: '*',
        permission: 'ALLOW',
      })),
    );
  } finally {
    await broker.close();
  }
  return { username, password };
}
