// The assessment of a single record, put together from what all records of its shape have in common.
// Holds: byte for byte what `buildWhole` gives (a test compares); most records of a stream link to nothing, and each is an
// assessment all the same, so this is where the time goes. Cost: one object, one SHA-256. Source: README.md#speed

import { hash } from 'node:crypto';
import { buildWhole, type AssessmentBody, type Built } from './assessment.ts';
import { NO_CONTEXT, contextOf } from '../linking/component-links.ts';
import { DENIES, REPORT, TENANT } from '../records/records.ts';
import { LoneWorth } from './alone.ts';
import { lastingSeverity } from './content-hash.ts';
import type { Content, Naming } from './product.ts';
import { stepAt } from '../judgement/proximity.ts';
import { decayStepOf } from '../rules.ts';
import type { EngineState } from '../state.ts';

/** Moulds kept; forgotten together, because somebody may send ever new shapes. */
const MAX_MOULDS = 16_384;

/**
 * What records of one shape and age share: a body, frozen at every level so that its parts may be shared, and the canonical
 * JSON around what differs.
 */
interface Mould {
  readonly built: Built;
  readonly like: AssessmentBody;
  /** Context values are each record's own. */
  readonly toContextValues: string;
  readonly toFirstSeen: string;
  readonly toLastSeen: string;
  readonly toId: string;
  readonly toObservedAt: string;
  readonly toRoot: string;
  readonly toEnd: string;
}

/** Moulds of one engine. */
export class LoneMoulds {
  /** Kept by the same numbers: forgotten with the moulds. */
  readonly worth = new LoneWorth();
  readonly #moulds = new Map<number, Map<number, Map<number, Mould>>>();
  #count = 0;

  /**
   * The assessment of one live record that nothing links to; undefined where something is said of it that its shape does
   * not say: a position, a LineageLink.
   */
  build(state: EngineState, record: number, now: number): Built | undefined {
    if (!isPlain(state, record)) return undefined;
    const { records } = state;
    const { marking, facets, agency, type, grades, lifetimeDays } = records;
    if (marking[record]! >= 2 ** 12 || facets[record]! >= 2 ** 20) return undefined;
    if (agency[record]! >= 2 ** 20 || type[record]! >= 2 ** 12 || lifetimeDays[record]! >= 2 ** 20) return undefined;
    const rootless = state.lineages.isRootless(record) ? 8 : 0;
    const flags = (records.flags[record]! & (REPORT | DENIES | TENANT)) | rootless;
    const what = marking[record]! * 2 ** 20 + facets[record]!;
    const who = ((agency[record]! * 2 ** 12 + type[record]!) * 2 ** 6 + grades[record]!) * 2 ** 4 + flags;
    const age = decayStepOf(now - records.observedAt[record]!, lifetimeDays[record]!);
    const ages = this.#agesOf(what, who);
    const key = (stepAt(state.rules.calendar, now) * 2 ** 11 + age) * 2 ** 20 + lifetimeDays[record]!;
    let mould = ages.get(key);
    if (mould === undefined) {
      ages.set(key, (mould = toMould(buildWhole(state, [record], now))));
      this.#count += 1;
    }
    return cast(state, record, mould);
  }

  #agesOf(what: number, who: number): Map<number, Mould> {
    if (this.#count > MAX_MOULDS) {
      this.#moulds.clear();
      this.#count = 0;
    }
    let byWho = this.#moulds.get(what);
    if (byWho === undefined) this.#moulds.set(what, (byWho = new Map<number, Map<number, Mould>>()));
    let ages = byWho.get(who);
    if (ages === undefined) byWho.set(who, (ages = new Map<number, Mould>()));
    return ages;
  }
}

function isPlain({ records, positionsAbout }: EngineState, record: number): boolean {
  return records.links.size === 0 && (positionsAbout.size === 0 || !positionsAbout.has(records.id[record]!));
}

function toMould(built: Built): Mould {
  const body = built.content.toBody();
  deepFreeze(body);
  const { categories, confidence, confidenceCaps, dissents, gaps, independentRoots, likelihood } = body;
  const { links, marking, platforms, positions, ridings, severity, targets, tools } = body;
  const { agency, category, copyOf, discounted, infoGrade, lifetimeDays, sourceGrade, stance, type } = body.members[0]!;
  const lasting = lastingSeverity(severity);
  const last = { platforms, positions, ridings, severity: lasting, targets, tools };
  return {
    built,
    like: body,
    toContextValues: `{${inner({ categories, confidence, confidenceCaps })},"contextValues":`,
    toFirstSeen: `,${inner({ dissents })},"firstSeen":`,
    toLastSeen: `,${inner({ gaps, independentRoots })},"lastSeen":`,
    toId: `,${inner({ likelihood: { band: likelihood.band }, links, marking })},"members":[{${inner({ agency, category, copyOf, discounted })},"id":`,
    toObservedAt: `,${inner({ infoGrade, lifetimeDays })},"observedAt":`,
    toRoot: ',"root":',
    toEnd: `,${inner({ sourceGrade, stance, type })}}],${inner(last)}}`,
  };
}

/** An object's JSON without its braces. */
function inner(fields: object): string {
  return JSON.stringify(fields).slice(1, -1);
}

function deepFreeze(value: object): void {
  for (const part of Object.values(value) as unknown[]) if (typeof part === 'object' && part !== null) deepFreeze(part);
  Object.freeze(value);
}

function cast(state: EngineState, record: number, mould: Mould): Built {
  const { records } = state;
  const { built, like } = mould;
  const id = records.idOf(record);
  const observedAt = records.observedAt[record]!;
  const firstSeen = records.firstSeen[record]!;
  const lastSeen = records.lastSeen[record]!;
  const name = JSON.stringify(id);
  const root = like.members[0]!.root === null ? 'null' : name;
  const contextValues = contextOf(state, [record]);
  const context = contextValues === NO_CONTEXT ? '[]' : JSON.stringify(contextValues);
  const { toContextValues, toFirstSeen, toLastSeen, toId, toObservedAt, toRoot, toEnd } = mould;
  const times = `${toContextValues}${context}${toFirstSeen}${firstSeen}${toLastSeen}${lastSeen}`;
  const text = `${times}${toId}${name}${toObservedAt}${observedAt}${toRoot}${root}${toEnd}`;
  return {
    content: new LoneContent(like, id, observedAt, firstSeen, lastSeen, records.expiresAt(record), contextValues),
    severity: built.severity,
    marking: built.marking,
    figures: built.figures,
    contentHash: hash('sha256', text, 'hex'),
    dissentKey: built.dissentKey,
  };
}

/** What in the record of a lone product is its own, in the order of `LoneContent.valuesOf`. */
export const LONE_HOLES: readonly string[] = Object.freeze([
  'id',
  'version',
  'contentHash',
  'members.0.id',
  'members.0.observedAt',
  'members.0.root',
  'contextValues',
  'evidence.0.roots.0.root',
  'evidence.0.roots.0.member',
  'firstSeen',
  'lastSeen',
  'expiresAt',
  'assessedAt',
]);

/** What the assessment of one record says: a mould, and what is the record's own. */
export class LoneContent implements Content {
  readonly #like: AssessmentBody;
  readonly #id: string;
  readonly #observedAt: number;
  readonly #firstSeen: number;
  readonly #lastSeen: number;
  readonly #expiresAt: number;
  readonly #contextValues: AssessmentBody['contextValues'];

  constructor(
    like: AssessmentBody,
    id: string,
    observedAt: number,
    firstSeen: number,
    lastSeen: number,
    expiresAt: number,
    contextValues: AssessmentBody['contextValues'],
  ) {
    this.#like = like;
    this.#id = id;
    this.#observedAt = observedAt;
    this.#firstSeen = firstSeen;
    this.#lastSeen = lastSeen;
    this.#expiresAt = expiresAt;
    this.#contextValues = contextValues;
  }

  /** The body of its mould: frozen at every level, and shared. */
  get like(): AssessmentBody {
    return this.#like;
  }

  /** What is the product's own, in the order of `LONE_HOLES`. */
  valuesOf({ id, version, contentHash, assessedAt }: Naming): readonly unknown[] {
    const root = this.#root;
    const seen = [this.#firstSeen, this.#lastSeen, this.#expiresAt, assessedAt];
    const member = [this.#id, this.#observedAt, root];
    return [id, version, contentHash, ...member, this.#contextValues, root, this.#id, ...seen];
  }

  toBody(): AssessmentBody {
    const like = this.#like;
    const [member] = like.members;
    const [evidence] = like.evidence;
    const [testimony] = evidence!.roots;
    const root = this.#root;
    return {
      ...like,
      contextValues: this.#contextValues,
      evidence: [{ ...evidence!, roots: [{ ...testimony!, root, member: this.#id }] }],
      expiresAt: this.#expiresAt,
      firstSeen: this.#firstSeen,
      lastSeen: this.#lastSeen,
      members: [{ ...member!, id: this.#id, observedAt: this.#observedAt, root }],
    };
  }

  get #root(): string | null {
    return this.#like.members[0]!.root === null ? null : this.#id;
  }
}
