import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { choosePorts, freePorts, holderOf, wantedPorts } from './ports.ts';

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function take(port = 0): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('a port base gives every listener a port of its own, counted up', () => {
  expect(Object.values(wantedPorts(27_000))).toEqual([27_000, 27_001, 27_002, 27_003, 27_004, 27_005, 27_006]);
});

test('a taken port is passed over for one that nobody wants, and its holder is named', async () => {
  const taken = await take();
  const { ports, moved } = await choosePorts(wantedPorts(taken));
  expect(new Set(Object.values(ports)).size).toBe(7);
  expect(moved[0]).toMatchObject({ name: 'gateway', wanted: taken, port: ports.gateway });
  expect(ports.gateway).toBeGreaterThan(taken + 5);
  expect((await holderOf(taken))?.pid).toBe(process.pid);
});

test('strict ports refuse instead, naming port and holder', async () => {
  const taken = await take();
  const refused = await choosePorts(wantedPorts(taken), { strict: true }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'PORT_TAKEN', exitCode: 1 });
  expect((refused as { lines: string[] }).lines[0]).toContain(`port ${taken} (gateway) is taken by pid ${process.pid}`);
});

test('free ports are all different and can be opened', async () => {
  const ports = await freePorts(4);
  expect(new Set(ports).size).toBe(4);
  for (const port of ports) expect(await take(port)).toBe(port);
});
