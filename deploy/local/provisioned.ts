// What provisioning leaves for a stack: done here, or by another process that said what it left.
// Holds: a stack that may not provision says so, instead of starting on half of it.

import { join } from 'node:path';
import { loadPolicy } from '@sitebus/sdk';
import { provision, provisionDesk, type Provisioned, type StoreUrls } from '../provision/index.ts';
import type { StackOptions } from './stack.ts';

/** What a stack needs of it. */
export type ProvisionedStack = Pick<Provisioned, 'credentials' | 'lockPath' | 'counts' | 'policyTrust'> & {
  readonly storeUrls: StoreUrls;
};

/** Provisions, where nobody has. Rejects where neither was done nor can be. */
export async function provisionedFor({ provisioned, admin, store, ...rest }: StackOptions): Promise<ProvisionedStack> {
  if (provisioned !== undefined) return provisioned;
  if (admin === undefined || store === undefined)
    throw new Error('nobody has provisioned, and no administrator of bus or database is named');
  const { views } = await loadPolicy(join(rest.schemasDir, 'policy'));
  const [onBus, storeUrls] = await Promise.all([
    provision({ ...rest, admin }),
    provisionDesk({ ownerUrl: store.ownerUrl, views: views.map(({ id }) => id), dataDir: rest.dataDir }),
  ]);
  return { ...onBus, storeUrls };
}

/** The database address of a view, or of the research room. */
export function storeUrlOf(urls: StoreUrls, view: string): string {
  const url = urls[view];
  if (url === undefined) throw new Error(`the database has no role for view ${view}`);
  return url;
}
