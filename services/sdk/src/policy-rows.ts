// Rows of policy files as values: cells, views, people and channels, with markings and clearances of the kernel.
// Holds: pure; no id twice; cells by rank; a fault names the file and the JSON pointer, never a value. Source: README.md#policy

import { createClearance, createMarking, type Cell, type Clearance } from '@sitebus/marking';
import type { DeliveryPolicy } from './delivery-policy.ts';
import { fromKernel, unique } from './policy-faults.ts';
import type { Person, View } from './policy.ts';

/** A cell as cells.json has it. */
export type CellRow = Omit<Cell, 'ceiling'> & { readonly ceiling: Parameters<typeof createMarking>[0] };
/** A view as views.json has it: its clearance ends by policy, not by time. */
export type ViewRow = Omit<View, 'clearance'> & { readonly clearance: Omit<Clearance, 'validUntil' | 'epoch'> };
/** A person as people.json has it. */
export type PersonRow = Omit<Person, 'clearance'> & {
  readonly clearance: Omit<Clearance, 'validUntil'> & { readonly validUntil: string };
};
/** What deliveries.json has. */
export type DeliveryRows = Omit<DeliveryPolicy, 'channels'> & {
  readonly channels: readonly (Omit<DeliveryPolicy['channels'][number], 'clearance'> & Pick<ViewRow, 'clearance'>)[];
};

/** Cells, lowest rank first. */
export function toCells(rows: readonly CellRow[]): readonly Cell[] {
  unique(rows, ({ id }) => id, 'cells.json', '/cells', 'id');
  unique(rows, ({ rank }) => rank, 'cells.json', '/cells', 'rank');
  const cells = rows.map((row, index) => ({
    ...row,
    ceiling: fromKernel(() => createMarking(row.ceiling), 'cells.json', `/cells/${index}/ceiling`),
  }));
  return cells.sort((a, b) => a.rank - b.rank);
}

/** Views in the order of the file. */
export function toViews(rows: readonly ViewRow[]): readonly View[] {
  unique(rows, ({ id }) => id, 'views.json', '/views', 'id');
  unique(rows, ({ namespace }) => namespace, 'views.json', '/views', 'namespace');
  return rows.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Number.POSITIVE_INFINITY, epoch: 0 };
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'views.json', `/views/${index}/clearance`) };
  });
}

/** As a view's, a channel's clearance ends by policy. */
export function toDeliveries(rows: DeliveryRows): DeliveryPolicy {
  unique(rows.channels, ({ view, deliver }) => `${deliver} ${view}`, 'deliveries.json', '/channels', 'view');
  const channels = rows.channels.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Number.POSITIVE_INFINITY, epoch: 0 };
    const place = `/channels/${index}/clearance`;
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'deliveries.json', place) };
  });
  return { ...rows, channels };
}

/** People in the order of the file. */
export function toPeople(rows: readonly PersonRow[]): readonly Person[] {
  unique(rows, ({ person }) => person, 'people.json', '/people', 'person');
  unique(rows, ({ issuer, subject }) => `${issuer} ${subject}`, 'people.json', '/people', 'subject');
  return rows.map((row, index) => {
    const whole = { ...row.clearance, validUntil: Date.parse(row.clearance.validUntil) };
    return { ...row, clearance: fromKernel(() => createClearance(whole), 'people.json', `/people/${index}/clearance`) };
  });
}
