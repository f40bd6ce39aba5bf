// MISP JSON as IndicatorReports: events bare, in `{Event}`, `{response: […]}` or a list, and bare attribute containers.
// Holds: pure; an item is an event or an attribute, of the event or of its objects; one that is refused costs only itself;
// the order of attributes changes neither ids nor content. Source: MISP core format; README.md#misp

import type { Marking } from '@sitebus/marking';
import { contentName } from '../ids.ts';
import { dealIntoParts, type IndicatorEntry, type IndicatorSource, type MarkedFact } from '../indicator-parts.ts';
import { toDayMs, toEpochMs, toInstantMs } from '../instants.ts';
import { decideMarking, isMarkingRefused, joinStated, type MarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import type { ReportFact } from '../report.ts';
import { readTags, type TagFacts } from '../tags.ts';
import { createTally, unreadableFile, type ItemEntry, type Tally } from '../tally.ts';
import {
  at,
  isNo,
  isJsonObject,
  isYes,
  listAt,
  objectAt,
  sortedJson,
  textAt,
  toScalarText,
  type JsonObject,
} from '../untrusted.ts';
import { createMarking } from '@sitebus/marking';
import { fateOf, type AttributeOutcome } from './attribute-fate.ts';

/** Reads MISP JSON. */
export const mispReader: FormatReader = {
  format: 'misp',
  read(content, context) {
    const parsed = parseJson(content);
    if (parsed === undefined) return unreadableFile('the file is not JSON', 'export the event as MISP JSON');
    const events = eventsIn(parsed);
    if (events.length === 0)
      return unreadableFile(
        'the file holds no MISP event',
        'expected {"Event": …}, {"response": […]}, a list of events or an attribute container',
      );
    const tally = createTally();
    for (const { event, pointer } of events) readEvent(event, pointer, tally, context);
    return tally.reading();
  },
};

interface PlacedEvent {
  readonly event: unknown;
  readonly pointer: string;
}

interface PlacedAttribute {
  readonly attribute: unknown;
  readonly item: ItemEntry;
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8').replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined; // Not JSON: answered as UNREADABLE, with a pointer no parser text could improve.
  }
}

function eventsIn(parsed: unknown): PlacedEvent[] {
  if (Array.isArray(parsed)) return parsed.map((each, index) => unwrapped(each, `/${index}`));
  const response = at(parsed, 'response');
  if (Array.isArray(response)) return response.map((each, index) => unwrapped(each, `/response/${index}`));
  if (isJsonObject(response)) return [unwrapped(response, '/response')];
  if (!isJsonObject(parsed)) return [];
  const known = ['Event', 'Attribute', 'Object', 'uuid'].some((key) => Object.hasOwn(parsed, key));
  return known ? [unwrapped(parsed, '')] : [];
}

function unwrapped(value: unknown, pointer: string): PlacedEvent {
  const inner = objectAt(value, 'Event');
  return inner === undefined ? { event: value, pointer } : { event: inner, pointer: `${pointer}/Event` };
}

function readEvent(event: unknown, pointer: string, tally: Tally, context: ReadingContext): void {
  const item = tally.item(pointer);
  if (!isJsonObject(event)) return void item.refuse(notAnObject);
  const attributes = attributesOf(event, pointer, tally);
  const refuseAll = (why: Parameters<ItemEntry['refuse']>[0]): void =>
    [item, ...attributes.map((each) => each.item)].forEach((each) => each.refuse(why));
  const tags = tagsOf(event, context);
  if (tags.unmappedGrade !== undefined) return refuseAll(unmappedGrade(tags.unmappedGrade));
  const marking = markingOf(event, tags, context);
  if (isMarkingRefused(marking)) return refuseAll(marking);
  if (isYes(event['deleted'])) return withdraw(event, item, attributes, context);
  const source = sourceOf(event, attributes, tags, marking, context);
  const read = attributes.flatMap((each) => readAttribute(each, marking, context));
  const entries = read.flatMap((each) => ('field' in each ? each : []));
  const facts: MarkedFact[] = [
    ...eventFacts(event, tags).map((fact) => ({ fact, marking, item })),
    ...read.flatMap((each) => ('fact' in each ? each : [])),
  ];
  for (const draft of dealIntoParts(source, entries, facts)) item.carriedBy(draft);
}

function attributesOf(event: JsonObject, pointer: string, tally: Tally): PlacedAttribute[] {
  const own = listAt(event, 'Attribute').map((attribute, index) => ({
    attribute,
    item: tally.item(`${pointer}/Attribute/${index}`),
  }));
  const inObjects = listAt(event, 'Object').flatMap((object, outer) =>
    listAt(object, 'Attribute').map((attribute, index) => ({
      attribute: isJsonObject(attribute) && isYes(at(object, 'deleted')) ? { ...attribute, deleted: true } : attribute,
      item: tally.item(`${pointer}/Object/${outer}/Attribute/${index}`),
    })),
  );
  return [...own, ...inObjects];
}

function tagsOf(holder: unknown, context: ReadingContext): TagFacts {
  return readTags(
    listAt(holder, 'Tag').flatMap((tag) => textAt(tag, 'name') ?? []),
    context.mapping.grades,
  );
}

/** What a sharing group may see is a need-to-know group of ours only where policy says so. */
function markingOf(event: JsonObject, tags: TagFacts, context: ReadingContext): Marking | MarkingRefused {
  const marking = decideMarking(tags.marking, context, context.policy, context.nowMs);
  const group =
    textAt(event, 'distribution') === '4' || event['distribution'] === 4 ? sharingGroupOf(event) : undefined;
  if (group === undefined || isMarkingRefused(marking)) return marking;
  const { sharingGroups = {} } = context.mapping;
  const ours = Object.hasOwn(sharingGroups, group) ? sharingGroups[group] : undefined;
  if (ours === undefined)
    return {
      code: 'MARKING_REQUIRED',
      reason: 'the event is for a sharing group that policy maps to no need-to-know group',
      fix: 'have the sharing group mapped for this source',
    };
  return createMarking({ ...marking, needToKnow: [...marking.needToKnow, [ours]] });
}

function sharingGroupOf(event: JsonObject): string {
  return textAt(objectAt(event, 'SharingGroup'), 'uuid') ?? toScalarText(event['sharing_group_id']) ?? '';
}

function sourceOf(
  event: JsonObject,
  attributes: readonly PlacedAttribute[],
  tags: TagFacts,
  marking: Marking,
  context: ReadingContext,
): IndicatorSource {
  const uuid = textAt(event, 'uuid')?.toLowerCase();
  const seenMs = attributes.flatMap(({ attribute }) => lastSeenOf(attribute) ?? []);
  const revisedAtMs = toEpochMs(toScalarText(event['timestamp']));
  const dateMs = toDayMs(textAt(event, 'date') ?? '', 'yyyy-mm-dd') ?? revisedAtMs;
  const orgc = textAt(objectAt(event, 'Orgc'), 'uuid')?.toLowerCase();
  return {
    title: textAt(event, 'info') ?? 'MISP attributes without an event',
    native: {
      format: 'misp',
      nativeId: uuid ?? contentName(attributes.map(({ attribute }) => sortedJson(attribute)).sort()),
      revision: toScalarText(event['timestamp']) ?? '0',
      ...(revisedAtMs !== undefined && { revisedAtMs }),
    },
    marking,
    observedAtMs: seenMs.length > 0 ? Math.max(...seenMs) : dateMs,
    sourceGrade: tags.sourceGrade ?? 'F',
    infoGrade: tags.infoGrade ?? 6,
    origin: orgc !== undefined && uuid !== undefined ? `misp:${orgc}/${uuid}` : undefined,
    mapping: context.mapping,
  };
}

function lastSeenOf(attribute: unknown): number | undefined {
  return toInstantMs(textAt(attribute, 'last_seen') ?? textAt(attribute, 'first_seen') ?? '');
}

function eventFacts(event: JsonObject, tags: TagFacts): ReportFact[] {
  const info = textAt(event, 'info');
  return [...(info === undefined ? [] : [{ kind: 'portion', text: info } as const]), ...factsOf(tags)];
}

/** A responsibility belongs to the actors named beside it; without one it stays a label. */
function factsOf(tags: TagFacts): ReportFact[] {
  const orphan =
    tags.responsibility !== undefined && tags.actors.length === 0 ? [`responsibility:${tags.responsibility}`] : [];
  return [
    ...tags.actors.map((actor): ReportFact => ({ kind: 'actor', actor, responsibility: tags.responsibility })),
    ...tags.ttps.map((ttp): ReportFact => ({ kind: 'ttp', ttp })),
    ...[...tags.labels, ...orphan].map((label): ReportFact => ({ kind: 'label', label })),
  ];
}

function readAttribute(
  { attribute, item }: PlacedAttribute,
  eventMarking: Marking,
  context: ReadingContext,
): readonly (IndicatorEntry | MarkedFact)[] {
  const marking = attributeMarking(attribute, item, eventMarking, context);
  if (marking === undefined || !isJsonObject(attribute)) return [];
  const value = toScalarText(attribute['value']);
  if (value === undefined)
    return item.skip({
      code: 'NO_VALUE',
      reason: 'the attribute has no value',
      fix: 'nothing, unless the value was lost on the way',
    });
  const outcomes = fateOf(attributeFacts(attribute, value, context), {
    contextTypes: context.mapping.contextTypes ?? [],
    trackingRelations: context.mapping.trackingRelations ?? [],
  });
  if (outcomes.some(({ kind }) => kind === 'personal')) return item.refuse(personalData);
  if (outcomes.some(({ kind }) => kind === 'unmapped')) return item.skip(unmappedType(textAt(attribute, 'type')));
  const tagFacts = factsOf(tagsOf(attribute, context));
  const seen: ReportFact = {
    kind: 'seen',
    firstMs: toInstantMs(textAt(attribute, 'first_seen') ?? ''),
    lastMs: lastSeenOf(attribute),
  };
  return [
    ...outcomes.map((outcome) => placed(outcome, marking, item)),
    ...[...tagFacts, seen].map((fact) => ({ fact, marking, item })),
  ];
}

/** The attribute's own colour joins the event's: the event's text travels with it. */
function attributeMarking(
  attribute: unknown,
  item: ItemEntry,
  eventMarking: Marking,
  context: ReadingContext,
): Marking | undefined {
  if (!isJsonObject(attribute)) return void item.refuse(notAnObject);
  if (isYes(attribute['deleted'])) return void item.skip(deleted);
  const stated = joinStated([tagsOf(attribute, context).marking]);
  if (stated.unreadable === undefined && stated.tlp === undefined) return eventMarking;
  const own = decideMarking(stated, context, context.policy, context.nowMs);
  return isMarkingRefused(own) ? void item.refuse(own) : own;
}

function attributeFacts(attribute: JsonObject, value: string, context: ReadingContext): Parameters<typeof fateOf>[0] {
  const quiet = context.mapping.ignoreToIds !== true && isNo(attribute['to_ids']);
  return {
    type: textAt(attribute, 'type') ?? '',
    category: textAt(attribute, 'category') ?? '',
    value,
    relation: textAt(attribute, 'object_relation'),
    contextOnly: quiet || isYes(attribute['disable_correlation']),
  };
}

function placed(outcome: AttributeOutcome, marking: Marking, item: ItemEntry): IndicatorEntry | MarkedFact {
  switch (outcome.kind) {
    case 'value':
      return { field: outcome.field, value: outcome.value, marking, item };
    case 'target':
      return { fact: { kind: 'target', targetKind: 'OTHER', ref: outcome.ref }, marking, item };
    case 'actor':
      return { fact: { kind: 'actor', actor: outcome.actor }, marking, item };
    default:
      throw new Error(`no place for ${outcome.kind}`); // settled before
  }
}

function withdraw(
  event: JsonObject,
  item: ItemEntry,
  attributes: readonly PlacedAttribute[],
  context: ReadingContext,
): void {
  for (const each of attributes) each.item.skip(deleted);
  const nativeId = textAt(event, 'uuid')?.toLowerCase();
  if (nativeId === undefined) return void item.skip(deleted);
  item.withdraw({ format: context.format, nativeId, reason: 'withdrawn by its producer' });
}

const notAnObject = { code: 'NOT_AN_OBJECT', reason: 'a JSON object is expected here', fix: 'correct the export' };
const deleted = { code: 'DELETED', reason: 'its producer has deleted it', fix: 'nothing: it is treated as absent' };
const personalData = {
  code: 'PERSONAL_DATA',
  reason: 'data of a private person is not taken in',
  fix: 'remove it, or refer to the person by a token',
};
const unmappedGrade = (grade: string) => ({
  code: 'GRADE_UNMAPPED',
  reason: `the source reliability ${grade} has no place on our scale`,
  fix: 'have the grade mapped for this source',
});
const unmappedType = (type: string | undefined) => ({
  code: 'UNMAPPED_TYPE',
  reason: `no rule for the attribute type ${type ?? '(none)'}`,
  fix: 'list the type in the mapping of this source',
});
