// One version of one id as a cut publishes it: who it is, and what it says.
// Holds: what most products say is known from few values of their own, so the record itself is made only where somebody
// reads it; whoever writes it down may do without. Sorted by id. Source: README.md#assessment

import type { Assessment } from '@sitebus/sdk';
import type { AssessmentBody } from './assessment.ts';
import { compareText } from '../records/records.ts';

/** What an assessment says, its name left blank. */
export interface Content {
  /** The body; whoever asks for it fills in the blanks. */
  toBody(): AssessmentBody;
}

/** A body that was put together for one product alone. */
export class WholeContent implements Content {
  readonly #body: AssessmentBody;

  constructor(body: AssessmentBody) {
    this.#body = body;
  }

  toBody(): AssessmentBody {
    return this.#body;
  }
}

/** What an assessment is called, and what became of it. */
export type Naming = Pick<
  Assessment,
  'id' | 'version' | 'contentHash' | 'status' | 'redirectTo' | 'splitFrom' | 'assessedAt'
>;

/** One version of one id. */
export interface Product extends Naming {
  /** The first 32 bits of the id: what it is sorted by, mostly. */
  readonly draw: number;
  readonly content: Content;
}

/** The record of a product. */
export function toAssessment(product: Product): Assessment {
  const body = product.content.toBody();
  body.id = product.id;
  body.version = product.version;
  body.contentHash = product.contentHash;
  body.status = product.status;
  body.redirectTo = product.redirectTo;
  body.splitFrom = product.splitFrom;
  body.assessedAt = product.assessedAt;
  return body;
}

/** Order of products: by id, then by version. */
export function byIdAndVersion(a: Product, b: Product): number {
  return a.draw - b.draw || compareText(a.id, b.id) || a.version - b.version;
}
