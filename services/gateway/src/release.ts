// The reference monitor: the one place where a record becomes something that may be sent.
// Holds: clearance is read anew for every record; the leaf is acknowledged before a Released exists; a Released cannot
// be made anywhere else, and nothing else can be serialised; hidden and absent take one path. Source: README.md#release

import { createMarking, dominates, joinAll, print } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { Clock, Policy } from '@sitebus/sdk';
import { createAlikeBodies } from './alike-bodies.ts';
import { markingJson } from './avro-json.ts';
import type { Json, JsonObject, MarkingJson, ToJson } from './avro-json.ts';
import { failClosed } from './errors.ts';
import type { AlikeContent, LeafContent, LeafPlace, Ledger } from './ledger.ts';
import { loopTurns } from './loop-turns.ts';
import type { Stored, StoredObservation } from './read-model/model.ts';
import { redact, shownMarking } from './redact.ts';
import type { Body, Sees } from './redact.ts';
import { createContents, sha256 } from './released-texts.ts';
import { createSights } from './sight.ts';
import type { Sight } from './sight.ts';
import type { Subject, Subjects } from './subject.ts';

/** Something a reader may be sent. Only this file makes one; `open` is for the serialiser. */
class ReleasedValue<T> {
  readonly #body: T;
  readonly #banner: string;
  readonly #leaf: LeafPlace | undefined;

  constructor(body: T, banner: string, leaf?: LeafPlace) {
    this.#body = body;
    this.#banner = banner;
    this.#leaf = leaf;
  }

  static opened<T>(released: ReleasedValue<T>): Opened<T> {
    return { body: released.#body, banner: released.#banner, leaf: released.#leaf };
  }

  static is(value: unknown): value is ReleasedValue<unknown> {
    return typeof value === 'object' && value !== null && #body in value;
  }
}

export type Released<T> = ReleasedValue<T>;

/** A Released, opened for writing: body, banner of its content, and its leaf where it has records. */
export interface Opened<T> {
  readonly body: T;
  readonly banner: string;
  readonly leaf: LeafPlace | undefined;
}

/** Not visible to this reader, or not there: one value for both. */
export interface Withheld {
  readonly withheld: true;
}

/** A record this reader may see, redacted, before its leaf: it can be filtered on, not sent. */
export interface Judged {
  readonly record: Stored;
  readonly body: Body;
  readonly marking: Marking;
  /** For whom it was judged: it is released to readers of this sight alone. */
  readonly sight: Sight;
}

declare const released: unique symbol;
/**
 * A body whose leaf has been acknowledged: made here alone, for the shape of an answer. What turns records into another
 * format (stix/) takes nothing else.
 */
export type ReleasedBody = Body & { readonly [released]: true };

/** Decides, redacts, writes the leaf. */
export interface Monitor {
  /** How the reader sees at this moment. Throws as `judge` does. */
  sightOf(subject: Subject): Sight;
  /** Judges for every reader of the sight, as it was a moment ago. */
  judgeAs(record: Stored | undefined, sight: Sight): Judged | Withheld;
  /** Judges without releasing, for filters and pages. Throws `fail-closed` or `not-authenticated`. */
  judge(record: Stored | undefined, subject: Subject): Judged | Withheld;
  /** One record: judged, on the ledger, released in `shape` (default: as redacted). `asked` is the id the reader named. */
  release<T = Body>(
    record: Stored | undefined,
    subject: Subject,
    asked: string,
    shape?: (body: Body) => T,
  ): Promise<Released<T> | Withheld>;
  /**
   * Several judged records under one leaf; without records, no leaf. `texts` are the bodies as JSON, made once for all
   * who are given the same `judged`. Throws `fail-closed` where the reader no longer sees as they did when it was judged.
   */
  releaseAll<T>(
    judged: readonly Judged[],
    subject: Subject,
    reason: 'READ' | 'LIST' | 'STREAM' | 'DIGEST' | 'WEBHOOK',
    shape: (bodies: readonly ReleasedBody[], leaf: LeafPlace | undefined, texts: readonly string[]) => T,
  ): Promise<Released<T>>;
  /**
   * The same records to each of several readers, each under a leaf of their own; all leaves are acknowledged together, then
   * `shape` is called for one reader after the other, in their order. What one reader is refused for (as `releaseAll` throws
   * it) costs no other. Without records, nobody is released anything: use `releaseAll`.
   */
  releaseToEach<T>(
    judged: readonly Judged[],
    subjects: readonly Subject[],
    reason: 'STREAM',
    shape: (reader: number, leaf: LeafPlace | undefined, texts: readonly string[]) => T,
  ): Promise<readonly PromiseSettledResult<Released<T>>[]>;
  /** Masked fields of one observation, each under a leaf of its own that says why; a field that it lacks is absent. */
  reveal(
    record: StoredObservation | undefined,
    subject: Subject,
    asked: string,
    wanted: { readonly fields: readonly string[]; readonly purpose: string },
  ): Promise<Released<Revealed> | Withheld>;
}

/** Masked values that somebody asked for, and where the leaf of each lies. */
export interface Revealed {
  readonly id: string;
  readonly values: JsonObject;
  readonly leaves: readonly { readonly field: string; readonly leafIndex?: number }[];
  readonly marking: MarkingJson;
}

const WITHHELD: Withheld = Object.freeze({ withheld: true });

/** True for what must be answered as not found. */
export function isWithheld(outcome: object): outcome is Withheld {
  return outcome === WITHHELD;
}

/** True for what `open` takes. */
export function isReleased(value: unknown): value is Released<unknown> {
  return ReleasedValue.is(value);
}

/** For serialisers: opens what may be sent. */
export function open<T>(released: Released<T>): Opened<T> {
  return ReleasedValue.opened(released);
}

/**
 * An answer that holds no record and depends on none: what the caller just sent, policy, themselves, the API's own
 * description. Not for anything read from the read model.
 */
export function statement<T>(body: T): Released<T> {
  return new ReleasedValue(body, UNMARKED_BANNER);
}

/**
 * An answer made of ledger leaves, which hold commitments and markings and no content: it is marked as what they speak
 * of, and needs no leaf of its own.
 */
export function extractOf<T>(body: T, markings: readonly Marking[], homeNation: string): Released<T> {
  return new ReleasedValue(body, markings.length === 0 ? UNMARKED_BANNER : print(joinAll(markings), { homeNation }));
}

/** The marking of an answer without records. */
export const UNMARKED: Marking = createMarking({ classified: 'UNCLASSIFIED' });
/** Its printed form: the `Sitebus-Marking` of every answer without records. */
export const UNMARKED_BANNER = print(UNMARKED, { homeNation: 'CAN' }); // its print does not depend on the nation: relTo is ALL

/** Makes the monitor of one gateway. */
export function createMonitor(parts: {
  readonly subjects: Subjects;
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly toJson: ToJson;
  readonly clock: Clock;
}): Monitor {
  const { subjects, ledger, policy, toJson, clock } = parts;
  const { homeNation } = policy;
  const toMarkingJson = (marking: Marking) => markingJson(toWire(marking), homeNation);

  const lexiconOf = ({ lexicon }: Subject) => policy.lexicons.find(({ id }) => id === lexicon) ?? policy.lexicons[0];

  const sightOf = createSights(clock, lexiconOf);
  const alikeBodies = createAlikeBodies(); // nothing of an alert depends on the time
  const currentSight = (subject: Subject): Sight => sightOf(subjects.current(subject.identity));

  const judgeAs: Monitor['judgeAs'] = (record, sight) => {
    const { clearance, mayEnter, lexicon } = sight;
    const nowMs = clock.now();
    const sees: Sees = (marking) => mayEnter && dominates(clearance, marking, nowMs);
    if (record === undefined || !sees(record.marking) || isShadowed(record, sees)) return WITHHELD;
    const rendering = { toJson, toMarkingJson, nowMs, lexicon, masking: policy.masking };
    const make = (asked: Sees): Body => redact(record, asked, rendering);
    const body = record.kind === 'alert' ? alikeBodies(record, sees, lexicon, make) : make(sees);
    return { record, body, marking: shownMarking(record, sees), sight };
  };
  const judge: Monitor['judge'] = (record, subject) => judgeAs(record, currentSight(subject));
  const contentOf = createContents(homeNation);

  /** The public view is ledgered where it is published, not per anonymous reader. */
  const append = async (leaf: LeafContent, subject: Subject): Promise<LeafPlace | undefined> =>
    subject.identity === undefined ? undefined : ledger.append(leaf);

  const leafOf = (subject: Subject): Pick<LeafContent, 'who' | 'onBehalfOf' | 'epoch'> => ({
    who: subject.person,
    ...(subject.agency === undefined ? {} : { onBehalfOf: subject.agency }),
    epoch: subject.epoch,
  });

  const releaseAll: Monitor['releaseAll'] = async (judged, subject, reason, shape) => {
    if (judged.length === 0) return new ReleasedValue(shape([], undefined, []), UNMARKED_BANNER);
    const sight = currentSight(subject);
    if (judged.some((each) => each.sight !== sight)) throw failClosed({ part: 'registry' });
    const { marking, texts, records, bytes } = contentOf(judged);
    const leaf = await append({ ...leafOf(subject), decision: 'RELEASED', reason, marking, records, bytes }, subject);
    return new ReleasedValue(
      shape(
        judged.map(({ body }) => body as ReleasedBody), // its leaf lies on the bus
        leaf,
        texts,
      ),
      marking,
      leaf,
    );
  };

  const releaseToEach: Monitor['releaseToEach'] = async (judged, subjects, reason, shape) => {
    const content = contentOf(judged);
    const { marking, texts, records, bytes } = content;
    const refusals = subjects.map((subject) => refusalOf(judged, subject));
    const named = subjects.filter(({ identity }, at) => identity !== undefined && refusals[at] === undefined);
    const alike = { decision: 'RELEASED', reason, marking, records, bytes } satisfies AlikeContent;
    const leaves = named.length === 0 ? [] : await ledger.appendAlike(alike, named.map(leafOf));
    // The bus acknowledges many such calls at once: each has a turn of its own, in which what it makes is written too, or nobody would
    // get anything before everything is made.
    await loopTurns.next();
    let next = 0;
    return subjects.map(({ identity }, reader) => {
      if (refusals[reader] !== undefined) return { status: 'rejected', reason: refusals[reader] };
      const leaf = identity === undefined ? undefined : leaves[next];
      next += identity === undefined ? 0 : 1;
      if (leaf?.status === 'rejected') return leaf;
      if (leaf === undefined && identity !== undefined)
        return { status: 'rejected', reason: failClosed({ part: 'ledger' }) };
      const body = shape(reader, leaf?.value, texts);
      return { status: 'fulfilled', value: new ReleasedValue(body, marking, leaf?.value) };
    });
  };
  /** Why the reader is not given what was judged, where they are not. */
  const refusalOf = (judged: readonly Judged[], subject: Subject): unknown => {
    try {
      const sight = currentSight(subject);
      return judged.every((each) => each.sight === sight) ? undefined : failClosed({ part: 'registry' });
    } catch (cause) {
      return cause;
    }
  };

  const withhold = async (subject: Subject, asked: string): Promise<Withheld> => {
    await append(
      { ...leafOf(subject), decision: 'WITHHELD', reason: 'NOT_VISIBLE', records: [{ id: asked }], bytes: 0 },
      subject,
    );
    return WITHHELD;
  };

  return {
    sightOf: currentSight,
    judgeAs,
    judge,
    releaseAll,
    releaseToEach,
    async release(record, subject, asked, shape = (body) => body as never) {
      const judged = judge(record, subject);
      if (isWithheld(judged)) return withhold(subject, asked);
      return releaseAll([judged], subject, 'READ', ([body]) => shape(body as Body));
    },
    async reveal(record, subject, asked, { fields, purpose }) {
      const judged = judge(record, subject);
      if (record === undefined || isWithheld(judged)) return withhold(subject, asked);
      const { id, marking } = record;
      const printed = print(marking, { homeNation });
      const json = judged.body['status'] === 'RECALLED' ? {} : toJson(record.subject, record.value);
      const values: Record<string, Json> = {};
      const leaves: { readonly field: string; readonly place: LeafPlace | undefined }[] = [];
      for (const field of fields) {
        const value = json[field];
        if (value === undefined || !policy.masking.fields.includes(field)) continue;
        const text = JSON.stringify({ [field]: value });
        const records = [{ id, contentHash: sha256(text) }];
        const content = { decision: 'RELEASED', reason: 'REVEAL', marking: printed, purpose, records } as const;
        const place = await append({ ...leafOf(subject), ...content, bytes: Buffer.byteLength(text) }, subject);
        leaves.push({ field, place });
        values[field] = value;
      }
      if (isWithheld(judge(record, subject))) return withhold(subject, asked); // leaves took their time
      const shown = leaves.map(({ field, place }) => ({ field, ...(place && { leafIndex: Number(place.index) }) }));
      const body = { id, values, leaves: shown, marking: toMarkingJson(marking) };
      return new ReleasedValue(body, printed, leaves.at(-1)?.place);
    },
  };
}

/** The first of an id that this reader sees is the one; what they do not see leaves the others as they are. */
function isShadowed(record: Stored, sees: Sees): boolean {
  return record.kind === 'observation' && record.earlier.some(sees);
}
