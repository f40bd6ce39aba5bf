import { expect, test } from '@jest/globals';
import { runCli } from '../testing/run-cli.ts';

test('a marking is explained offline: canonical form, cell, and the views that read it', async () => {
  const { code, out } = await runCli(['--json', 'marking', 'parse', 'SECRET//REL TO CAN, GBR']);
  expect([code, JSON.parse(out)]).toEqual([
    0,
    {
      marking: 'SECRET//REL TO CAN, GBR',
      cell: 's-can',
      views: ['s-can', 'ts-can'],
      axes: expect.objectContaining({ classified: 'SECRET', relTo: ['CAN', 'GBR'] }),
    },
  ]);
});

test('a joined marking protects both, and disjoint releases leave nobody', async () => {
  const { out } = await runCli(['marking', 'join', 'SECRET//REL TO GBR', 'SECRET//REL TO USA']);
  const lines = out.trimEnd().split('\n');
  expect([lines[0], lines.at(-1), lines[1]]).toEqual([
    'SECRET//REL TO NONE',
    'SECRET//REL TO NONE',
    'cell   none: no cell may hold it, so nobody can publish it',
  ]);
});

test('a fault is exit code 1, with its index and a mark under it', async () => {
  const { code, out, err } = await runCli(['marking', 'check', 'UNCLASSIFIED//TLP:CLEAR', 'SECRET//REL TO CAN, CAN']);
  expect([code, out, err.split('\n')[0]]).toEqual([1, '', 'error: DUPLICATE at index 20']);
  expect(err.split('\n')[2]).toBe(`where: ${' '.repeat(20)}^`);
});

test('what is exactly canonical passes silently', async () => {
  expect(await runCli(['marking', 'check', 'PROTECTED B//CANADIAN EYES ONLY'])).toEqual({ code: 0, out: '', err: '' });
});
