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

/**
 * What is kept of a product's content until its cut is done; without one, the content itself. A body is some hundred
 * objects: whoever writes it down at once lets them go while they are young, which costs the runtime next to nothing.
 */
export type KeepContent = (product: Product) => Content;

/** What is left of a content that was let go: nobody reads it again. */
export class SpentContent implements Content {
  toBody(): never {
    throw new Error('the content of this product was not kept');
  }
}

/** Keeps nothing, where only names and hashes are looked at. */
export const keepNoContent: KeepContent = () => SPENT;

const SPENT = new SpentContent();

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
