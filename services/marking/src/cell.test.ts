import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { anyClearance, anyMarking } from './testing/arbitraries.ts';
import { cellOf, cellsOf } from './cell.ts';
import { createClearance } from './clearance.ts';
import { createMarking, type MarkingFields } from './create.ts';
import { dominatesMandatory } from './dominates.ts';
import type { Cell, Clearance } from './model.ts';
import { parse } from './parse.ts';

const policy = new URL('../../../schemas/policy/', import.meta.url);
const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(new URL(name, policy), 'utf8'));

const { cells: rows } = (await read('cells.json')) as { cells: { id: string; rank: number; ceiling: MarkingFields }[] };
const cells: readonly Cell[] = rows.map(({ id, rank, ceiling }) => ({ id, rank, ceiling: createMarking(ceiling) }));
const { views } = (await read('views.json')) as { views: { id: string; clearance: Clearance }[] };
const idsOf = (found: readonly Cell[]): string[] => found.map(({ id }) => id);

test('each view of the default policy reads the cells whose ceiling its clearance dominates', () => {
  const derived = views.map(({ id, clearance }) => {
    const whole = createClearance({ ...clearance, validUntil: Infinity, epoch: 0 });
    return [id, idsOf(cellsOf(whole, cells))];
  });
  expect(derived).toEqual([
    ['public', ['open']],
    ['partner', ['open', 'partner']],
    ['pb-can', ['open', 'partner', 'pb-can']],
    ['s-fvey', ['open', 'partner', 's-fvey']],
    ['s-can', ['open', 'partner', 'pb-can', 's-fvey', 's-can']],
    ['ts-can', ['open', 'partner', 'pb-can', 's-fvey', 's-can', 'ts-can']],
  ]);
});

test.each([
  ['UNCLASSIFIED//TLP:CLEAR', 'open'],
  ['UNCLASSIFIED//TLP:AMBER+STRICT', 'partner'],
  ['UNCLASSIFIED//TLP:RED', 'pb-can'],
  ['UNCLASSIFIED//CANADIAN EYES ONLY//TLP:CLEAR', 'pb-can'],
  ['PROTECTED A', 'pb-can'],
  ['PROTECTED B//CANADIAN EYES ONLY', 'pb-can'],
  ['PROTECTED C//CANADIAN EYES ONLY', 'ts-can'],
  ['CONFIDENTIAL//REL TO CAN, AUS, GBR, NZL, USA', 's-fvey'],
  ['SECRET//REL TO CAN, AUS, GBR, NZL, USA', 's-fvey'],
  ['SECRET//REL TO CAN, GBR', 's-can'],
  ['SECRET//CANADIAN EYES ONLY', 's-can'],
  ['SECRET//PROTECTED B//CANADIAN EYES ONLY', 's-can'],
  ['SECRET//SI//CANADIAN EYES ONLY', 'ts-can'],
  ['TOP SECRET//SI/TK//CANADIAN EYES ONLY', 'ts-can'],
  ['TOP SECRET//SI-G//CANADIAN EYES ONLY', undefined],
  ['TOP SECRET//HCS//CANADIAN EYES ONLY', undefined],
  ['SECRET//REL TO GBR, USA', undefined],
  ['SECRET//REL TO NONE', undefined],
  ['UNCLASSIFIED//REL TO NONE//TLP:CLEAR', undefined],
])('%s lies in %s', (text, id) => {
  expect(cellOf(parse(text, { homeNation: 'CAN' }), cells)?.id).toBe(id);
  expect(cellOf(parse(text, { homeNation: 'CAN' }), [...cells].reverse())?.id).toBe(id);
});

test('need-to-know is no part of a ceiling', () => {
  const narrow = createMarking({ classified: 'UNCLASSIFIED', needToKnow: [['research']], orcon: true });
  expect(cellOf(narrow, cells)?.id).toBe('open');
});

test('cells are derived in order of rank, whatever their order in the policy', () => {
  const [top] = views.slice(-1);
  const whole = createClearance({ ...top!.clearance, validUntil: Infinity, epoch: 0 });
  const reversed = Object.freeze([...cells].reverse());
  expect(idsOf(cellsOf(whole, reversed))).toEqual(idsOf(cells));
});

test('whoever dominates a ceiling dominates, on the mandatory axes, every record of the cell', () => {
  let found = 0;
  fc.assert(
    fc.property(anyMarking, anyClearance, (marking, clearance) => {
      const cell = cellOf(marking, cells);
      if (cell === undefined || !cellsOf(clearance, cells).includes(cell)) return;
      found += 1;
      expect(dominatesMandatory(clearance, marking)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(0);
});
