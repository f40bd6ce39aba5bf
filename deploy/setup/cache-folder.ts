// Where downloaded parts live: shared by every checkout of this user, safe to delete at any time.
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folders of the cache; none of them needs to exist yet. */
export interface CacheFolders {
  readonly root: string;
  /** Jars of the broker, one folder, names as Maven gives them. */
  readonly kafka: string;
  /** The unpacked registry distribution. */
  readonly apicurio: string;
  /** A Java runtime, only where the machine had none that is new enough. */
  readonly jre: string;
  /** Class-data archives that halve the start-up time; made on a first clean stop, remade by Java when stale. */
  readonly cds: string;
  /** Formatted, never started data folders, for tests. */
  readonly templates: string;
}

export const KAFKA_VERSION = '4.3.1';
export const APICURIO_VERSION = '3.3.3';
export const JRE_VERSION = '25.0.2.1';

/** @returns the cache of this user, or the folder named by `BUS_CACHE` */
export function cacheFolders(env: NodeJS.ProcessEnv = process.env): CacheFolders {
  const configured = env['BUS_CACHE'];
  const root = configured ? resolve(configured) : envPaths('sitebus', { suffix: '' }).cache;
  return {
    root,
    kafka: join(root, `kafka-${KAFKA_VERSION}`),
    apicurio: join(root, `apicurio-${APICURIO_VERSION}`),
    jre: join(root, `jre-${JRE_VERSION}`),
    cds: join(root, 'cds'),
    templates: join(root, 'templates'),
  };
}
