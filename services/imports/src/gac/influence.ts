// The ministry's own finding in JSON, one object or a list, as InfluenceActivities.
// Holds: an item is a finding; nothing undeclared is ignored in silence; values that are none refuse the finding by pointer.
// Source: README.md#influence

import { isMarkingRefused } from '../marking-decision.ts';
import { contentName } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport, distinct, type ReportFact } from '../report.ts';
import { createTally, unreadableFile, type ItemEntry, type NotCarriedReason } from '../tally.ts';
import { at, isJsonObject, listAt, sortedJson, textAt, textsAt, type JsonObject } from '../untrusted.ts';
import { toFieldValue, type ValueField } from '../values.ts';
import { isTooDeep } from '@sitebus/kit';
import { normalise } from '@sitebus/sdk';
import { decideWritten } from '../row-marking.ts';

const KINDS = ['NARRATIVE', 'CHANNEL', 'CONTENT', 'EVENT'];
const KNOWN = new Set([
  'serial',
  'revision',
  'revisedAt',
  'title',
  'category',
  'kind',
  'observedAt',
  'lang',
  'summary',
  'texts',
  'accounts',
  'domains',
  'urls',
  'media',
  'hashtags',
  'narrativeTypes',
  'channelTypes',
  'eventTypes',
  'operation',
  'startTime',
  'stopTime',
  'synthetic',
  'platforms',
  'ridings',
  'targets',
  'origin',
  'sourceGrade',
  'infoGrade',
  'marking',
  'tlp',
  'groups',
  'derivedFrom',
]);

/** Reads influence findings. */
export const influenceReader: FormatReader = {
  format: 'influence',
  read(content, context) {
    const findings = parseFindings(content);
    if (findings === undefined)
      return unreadableFile('the file is not JSON', 'send one finding, or a list of findings');
    const tally = createTally();
    findings.forEach((finding, index) => readFinding(finding, tally.item(`/${index}`), context));
    return tally.reading();
  },
};

function parseFindings(content: Buffer): readonly unknown[] | undefined {
  try {
    const parsed = JSON.parse(content.toString('utf8').replace(/^\ufeff/, '')) as unknown;
    return Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  } catch {
    return undefined; // Not JSON: answered as UNREADABLE.
  }
}

function readFinding(finding: unknown, item: ItemEntry, context: ReadingContext): void {
  if (!isJsonObject(finding))
    return void item.refuse({ code: 'NOT_AN_OBJECT', reason: 'a finding is a JSON object', fix: 'correct the export' });
  if (isTooDeep(finding))
    return void item.refuse({
      code: 'NOT_AN_OBJECT',
      reason: 'the finding is nested deeper than any',
      fix: 'correct the export',
    });
  const fault = faultOf(finding);
  if (fault !== undefined) return void item.refuse(fault);
  const marking = decideWritten(
    { marking: textAt(finding, 'marking'), tlp: textAt(finding, 'tlp'), groups: textsAt(finding, 'groups') },
    context,
  );
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  item.carriedBy(draftOf(finding, marking, context));
}

function faultOf(finding: JsonObject): NotCarriedReason | undefined {
  const unknown = Object.keys(finding).find((key) => !KNOWN.has(key));
  if (unknown !== undefined)
    return {
      code: 'UNKNOWN_PROPERTY',
      reason: 'the finding has a property that no rule reads',
      fix: 'remove it, or check its spelling',
    };
  const missing = ['serial', 'title', 'kind', 'observedAt'].find((key) => textAt(finding, key) === undefined);
  if (missing !== undefined) return { code: 'MISSING_PROPERTY', reason: `${missing} is empty`, fix: `give ${missing}` };
  if (!KINDS.includes(textAt(finding, 'kind') ?? ''))
    return { code: 'BAD_KIND', reason: `kind is one of ${KINDS.join(', ')}`, fix: 'correct the kind' };
  const instant = ['observedAt', 'startTime', 'stopTime', 'revisedAt'].find(
    (key) => textAt(finding, key) !== undefined && toInstantMs(textAt(finding, key) ?? '') === undefined,
  );
  if (instant !== undefined)
    return {
      code: 'BAD_INSTANT',
      reason: `${instant} is an instant with an offset`,
      fix: 'write it as 2031-10-02T14:05:15Z',
    };
  const bad = (['accounts', 'domains', 'urls'] as const).find((field) =>
    textsAt(finding, field).some((value) => toFieldValue(field, value) === undefined),
  );
  if (bad !== undefined) return { code: 'BAD_VALUE', reason: `a value of ${bad} is none`, fix: 'correct the value' };
  return textsAt(finding, 'media').some((value) => normalise('media', value) === undefined)
    ? { code: 'BAD_VALUE', reason: 'a value of media is no hash with its scheme', fix: 'correct the value' }
    : undefined;
}

function draftOf(finding: JsonObject, marking: ImportDraft['marking'], context: ReadingContext): ImportDraft {
  const serial = textAt(finding, 'serial') ?? '';
  const lang = textAt(finding, 'lang') ?? 'und';
  const list = (field: ValueField): string[] =>
    distinct(textsAt(finding, field).flatMap((value) => toFieldValue(field, value)?.value ?? []));
  const revisedAtMs = toInstantMs(textAt(finding, 'revisedAt') ?? '');
  return {
    type: 'InfluenceActivity',
    native: {
      format: 'influence',
      nativeId: serial,
      revision: textAt(finding, 'revision') ?? contentName([sortedJson(finding)]),
      ...(revisedAtMs !== undefined && { revisedAtMs }),
      part: '1',
    },
    fields: {
      report: buildReport(
        {
          title: textAt(finding, 'title') ?? '',
          marking,
          facts: factsOf(finding, lang),
          category: textAt(finding, 'category'),
          platforms: textsAt(finding, 'platforms'),
          ridings: textsAt(finding, 'ridings'),
        },
        context.mapping,
      ),
      kind: textAt(finding, 'kind'),
      texts: distinct(listAt(finding, 'texts').flatMap((each) => textOf(each, lang))),
      accounts: list('accounts'),
      domains: list('domains'),
      urls: list('urls'),
      media: distinct(textsAt(finding, 'media').flatMap((value) => normalise('media', value) ?? [])),
      hashtags: distinct(textsAt(finding, 'hashtags')),
      narrativeTypes: distinct(textsAt(finding, 'narrativeTypes')),
      channelTypes: distinct(textsAt(finding, 'channelTypes')),
      eventTypes: distinct(textsAt(finding, 'eventTypes')),
      operation: textAt(finding, 'operation') ?? null,
      startTime: toInstantMs(textAt(finding, 'startTime') ?? '') ?? null,
      stopTime: toInstantMs(textAt(finding, 'stopTime') ?? '') ?? null,
      synthetic: typeof at(finding, 'synthetic') === 'boolean' ? at(finding, 'synthetic') : null,
    },
    marking,
    observedAtMs: toInstantMs(textAt(finding, 'observedAt') ?? '') ?? 0,
    sourceGrade: /^[A-F]$/.test(textAt(finding, 'sourceGrade') ?? '')
      ? (textAt(finding, 'sourceGrade') as ImportDraft['sourceGrade'])
      : 'F', // the pattern admits A–F alone
    infoGrade: Number.isInteger(at(finding, 'infoGrade')) ? Number(at(finding, 'infoGrade')) : 6,
    origin: textAt(finding, 'origin') ?? `rep:${context.agency}/${serial}`,
    derivedFrom: textsAt(finding, 'derivedFrom'),
  };
}

function factsOf(finding: JsonObject, lang: string): ReportFact[] {
  const summary = textAt(finding, 'summary');
  const targets = listAt(finding, 'targets').flatMap((each): ReportFact[] => {
    const [kind, ref] = [textAt(each, 'kind'), textAt(each, 'ref')];
    return kind === undefined || ref === undefined ? [] : [{ kind: 'target', targetKind: kind, ref }];
  });
  return [...(summary === undefined ? [] : [{ kind: 'portion', text: summary, lang } as const]), ...targets];
}

function textOf(each: unknown, lang: string): { text: string; lang: string }[] {
  const text = typeof each === 'string' ? each.trim() : textAt(each, 'text');
  return text === undefined || text === '' ? [] : [{ text: text.normalize('NFC'), lang: textAt(each, 'lang') ?? lang }];
}
