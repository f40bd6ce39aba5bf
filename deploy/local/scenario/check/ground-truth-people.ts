// What must have become of what people did: states of cases, and receipts. Stated by hand.

/** A case of the scenario. */
export type CaseName = 'case1' | 'case2' | 'case3';

/** The states that a case goes through, in order; none twice in a row. */
export const CASE_STATES: Readonly<Record<CaseName, readonly string[]>> = Object.freeze({
  case1: ['DETECTED', 'AGENCY_CONSULTATION', 'PANEL_INFORMED', 'SCOPE_CHECK', 'EVALUATING', 'BELOW_DISCLOSED', 'REFERRED_MINISTERIAL', 'CLOSED'],
  case2: ['DETECTED', 'AGENCY_CONSULTATION', 'PANEL_INFORMED', 'SCOPE_CHECK', 'REFERRED_CEO'],
  case3: ['DETECTED', 'AGENCY_CONSULTATION', 'PANEL_INFORMED', 'SCOPE_CHECK', 'EVALUATING', 'NO_CONSENSUS', 'EVALUATING', 'THRESHOLD_MET', 'NOTIFYING', 'ANNOUNCED', 'CLOSED'],
}); // prettier-ignore

/** Rows of receipts. */
export interface ExpectedReceipts {
  readonly view: string;
  /** Name under which acts kept the product; absent: the brief of case 3. */
  readonly product?: string;
  readonly from: string;
  readonly version: number;
  /** By person: state and flags. */
  readonly persons: Readonly<Record<string, string>>;
}

/** The table. */
export const RECEIPTS: readonly ExpectedReceipts[] = Object.freeze([
  {
    view: 'ts-can', from: 'marguerite-thorne', version: 1,
    persons: {
      'renske-aalbers': 'ACKNOWLEDGED',
      'ayo-kirkwood': 'ACKNOWLEDGED',
      'birgit-sandoval': 'ACKNOWLEDGED',
      'leif-armitage': 'ACKNOWLEDGED',
      'gwen-abiodun': 'ACKNOWLEDGED',
      'colette-ibarra': 'ACKNOWLEDGED',
      'cyprien-lalonde': 'DELIVERED OVERDUE ESCALATED',
    },
  },
  {
    view: 's-can', product: 'sitrep1', from: 'teodor-vance', version: 1,
    persons: { 'ama-lindqvist': 'OPENED OVERDUE ESCALATED', 'dov-lachance': 'OPENED OVERDUE ESCALATED', 'priya-solberg': 'QUEUED OVERDUE ESCALATED', 'samir-vasquez': 'QUEUED OVERDUE ESCALATED' },
  },
  {
    view: 's-can', product: 'sitrep3', from: 'teodor-vance', version: 1,
    persons: { 'ama-lindqvist': 'RECALLED', 'dov-lachance': 'RECALLED', 'priya-solberg': 'RECALLED', 'samir-vasquez': 'RECALLED' },
  },
  {
    view: 's-can', product: 'sitrep3', from: 'teodor-vance', version: 2,
    persons: { 'ama-lindqvist': 'DELIVERED OVERDUE ESCALATED', 'dov-lachance': 'DELIVERED OVERDUE ESCALATED', 'priya-solberg': 'QUEUED OVERDUE ESCALATED', 'samir-vasquez': 'QUEUED OVERDUE ESCALATED' },
  },
]); // prettier-ignore
