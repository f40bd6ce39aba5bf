// What five seats do with one case: rate the evidence as it stands, move an outcome, vote.
// Holds: pure; each of them reads the case first, and rates and votes on the hash that they have read.

import type { Act, Acts } from './act.ts';

/** Who holds the seats of the scenario. */
export const SEATS: readonly string[] = Object.freeze([
  'marguerite-thorne', 'ines-halloran', 'jonas-marchand', 'katya-doyle', 'laurent-sorel',
]); // prettier-ignore
const CRITERIA = ['free-and-fair', 'credibility', 'confidence'];
const FACTORS = [
  'reach-scale-source-lifespan', 'credibility-novelty', 'self-corrected', 'attributable', 'proximity-to-polling',
  'national-security-and-allies', 'harm-to-investigation',
]; // prettier-ignore

/** A case as it is kept, its view, and a name for what is done. */
export interface Sitting {
  readonly name: string;
  readonly at: string;
  readonly view: string;
  readonly of: string;
}

/** Five ratings at one level. */
export function allRate(sitting: Sitting, level: 'LOW' | 'MODERATE' | 'HIGH'): Acts {
  const rated = (name: string) => ({ name, level, rationale: `As the brief has it: ${name} is ${level}.` });
  const body = { evidenceHash: '{{read.evidenceHash}}', criteria: CRITERIA.map(rated), factors: FACTORS.map(rated) };
  return SEATS.map((by) => step(sitting, 'rate', by, body));
}

/** One seat's motion. */
export function moves(sitting: Sitting, outcome: string, more: Act['body'] = { ladder: ['MONITOR'] }): Act {
  return step(sitting, 'propose', SEATS[0]!, { outcome, ...more });
}

/** Votes of some seats in their order; `against`: who does not agree. */
export function vote(sitting: Sitting, seats: readonly string[] = SEATS, against: readonly string[] = []): Acts {
  return seats.map((by) => {
    const vote = against.includes(by) ? 'DISAGREE' : 'AGREE';
    const reasons = vote === 'AGREE' ? 'The ratings bear it out.' : 'The attribution rests on one source.';
    return step(sitting, 'vote', by, { evidenceHash: '{{read.evidenceHash}}', vote, reasons });
  });
}

function step({ name, at, view, of }: Sitting, command: string, by: string, body: Act['body'] = {}): Act {
  const path = `/v1/cases/{{${of}}}`;
  return { id: `${name}.${command}.${by}`, at, by, view, reads: path, post: `${path}/${command}`, body };
}
