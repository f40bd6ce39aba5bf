// jest globalTeardown: ends what broker-up.ts started, and nothing that was configured from outside.

/** Stops broker and registry of this run, if this run started them. */
export default async function brokerDown(): Promise<void> {
  const broker = globalThis.brokerOfThisRun;
  globalThis.brokerOfThisRun = undefined;
  await broker?.stop();
}
