// One view's gateway as a process of its own, so that a test may kill it. Its desk is in memory and dies with it; everything
// else is the product's. Settings come as JSON in the first argument; the address is the first line on stdout.

import { createCodec, createConfluentRegistry, loadPolicy, loadSchemaLock, silentLog, systemClock } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { createGatewayService } from '../../services/gateway/src/service.ts';
import { parseConfig } from '../../services/gateway/src/config.ts';
import { createInMemoryDesk } from '../../services/gateway/src/store/in-memory.ts';

/** What the process is told. */
export interface GatewayProcessSettings {
  readonly view: string;
  readonly brokers: readonly string[];
  readonly sasl: { readonly username: string; readonly password: string };
  readonly registryUrl: string;
  readonly lockPath: string;
  /** Verifier keys of the view's ledger. */
  readonly ledgerKeys: readonly string[];
}

const settings = JSON.parse(process.argv[2] ?? '{}') as GatewayProcessSettings;
const { view, brokers, sasl } = settings;
const bus = createKafkaBus({ brokers, sasl, clientId: `gateway.${view}`, log: silentLog });
const gateway = createGatewayService({
  config: parseConfig({
    view,
    listen: { host: '127.0.0.1', port: 0 },
    cursorKeys: `1:${Buffer.alloc(32, 7).toString('base64url')}`,
    ledgerSalt: Buffer.alloc(32, 9).toString('base64url'),
    ledgerKeys: settings.ledgerKeys,
    receiptsTickMs: 50,
    maxEventLoopDelayMs: 0, // a busy machine holds the test up, and nobody is refused for it
  }),
  policy: await loadPolicy('schemas/policy'),
  codec: createCodec({
    lock: await loadSchemaLock(settings.lockPath),
    registry: createConfluentRegistry({ url: settings.registryUrl }),
  }),
  bus,
  intakes: () => undefined,
  issuerKeys: [],
  store: createInMemoryDesk(),
  clock: systemClock,
  log: silentLog,
});
await gateway.start();
while (!gateway.ready().ready) await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write(`${gateway.address()}\n`);
