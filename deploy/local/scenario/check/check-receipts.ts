// Check 10: who was sent, opened and acknowledged what is what the table says; the brief that nobody opened is late for all to see.

import type { Run } from './checks.ts';
import { RECEIPTS } from './ground-truth-people.ts';

/** A row of receipts, as the secretariat is shown it. */
interface ReceiptRow {
  readonly product: { readonly id: string; readonly version: number };
  readonly person: string;
  readonly status: string;
  readonly from: string;
  readonly precedence: string;
  readonly isOverdue?: boolean;
  readonly isEscalated?: boolean;
}

/** What is recorded of receipts. */
export interface ReceiptsRecord {
  /** By view. */
  readonly rows: Readonly<Record<string, readonly ReceiptRow[]>>;
  /** Ids of products, by the name under which acts kept them. */
  readonly products: Readonly<Record<string, string>>;
}

/** Of the play with people. */
export async function recordReceipts({ played }: Run): Promise<ReceiptsRecord> {
  await played.offices?.beat();
  const rows: Record<string, readonly ReceiptRow[]> = {};
  for (const view of new Set(RECEIPTS.map((each) => each.view))) {
    const answer = await played.offices?.ask({ by: 'samir-vasquez', view, method: 'GET', path: '/v1/receipts?limit=200' });
    rows[view] = (answer?.body as { readonly items?: readonly ReceiptRow[] } | undefined)?.items ?? [];
  }
  const products = RECEIPTS.flatMap(({ product }) => (product === undefined ? [] : [[product, played.kept.get(product) ?? ''] as const]));
  return { rows, products: Object.fromEntries(products) };
} // prettier-ignore

/** Check 10. */
export function receiptFaults({ rows, products }: ReceiptsRecord): readonly string[] {
  return RECEIPTS.flatMap(({ view, product, from, version, persons }) => {
    const isOfIt = (row: ReceiptRow): boolean =>
      row.product.version === version && row.from === from &&
      (product === undefined ? row.precedence === 'FLASH' : row.product.id === products[product]);
    const own = (rows[view] ?? []).filter(isOfIt);
    return Object.entries(persons).flatMap(([person, wanted]) => {
      const said = own.filter((row) => row.person === person).map(statusOf).join('; ');
      return said === wanted ? [] : [`${product ?? 'the brief'} ${version} is ${said || 'nothing'} with ${person}, not ${wanted}`];
    });
  });
} // prettier-ignore

function statusOf({ status, isOverdue, isEscalated }: ReceiptRow): string {
  return [status, ...(isOverdue === true ? ['OVERDUE'] : []), ...(isEscalated === true ? ['ESCALATED'] : [])].join(' ');
}
