// A platform's own report on a case: what it took down, labelled or warned of, as the sighting its category names.
// Holds: an item is a report; nothing undeclared is ignored in silence; a value that is none refuses the report by name; a
// report without case number has no origin, and so no token. Source: README.md#platform-report

import { normalise, type ObservationType } from '@sitebus/sdk';
import { decideWritten } from '../row-marking.ts';
import { contentName } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport, distinct } from '../report.ts';
import { createTally, unreadableFile, type ItemEntry, type NotCarriedReason } from '../tally.ts';
import {
  at,
  isJsonObject,
  isYes,
  listAt,
  sortedJson,
  textAt,
  textsAt,
  toScalarText,
  type JsonObject,
} from '../untrusted.ts';
import { toFieldValue, type ValueField } from '../values.ts'; // prettier-ignore

/** Reads platform reports: one, or a list. */
export const platformReportReader: FormatReader = {
  format: 'platform-report',
  read(content, context) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''));
    } catch {
      return unreadableFile('the file is not JSON', 'send one report, or a list of reports');
    }
    const tally = createTally();
    const reports = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
    reports.forEach((report, index) => readReport(report, tally.item(`/${index}`), context));
    return tally.reading();
  },
};

const KINDS = ['TAKEDOWN', 'LABEL', 'ADVISORY'];
/** Categories whose report is about a threat to somebody; every other is about what was spread. */
const THREATS = ['CANDIDATE_THREAT', 'ELECTION_WORKER_THREAT', 'VIOLENT_EXTREMISM'];
const IMMEDIACY = ['NONE_STATED', 'DAYS', 'HOURS'];
const KNOWN = new Set([
  'caseNumber', 'kind', 'category', 'title', 'text', 'lang', 'observedAt', 'revisedAt', 'accounts', 'urls', 'media', 'shares',
  'actions', 'immediacy', 'sourceGrade', 'infoGrade', 'marking', 'tlp', 'groups', 'withdrawn', 'reason',
]); // prettier-ignore

/** One share, read. */
interface Share {
  readonly object: string;
  readonly account: string;
  readonly at: number;
}

function readReport(report: unknown, item: ItemEntry, context: ReadingContext): void {
  if (!isJsonObject(report))
    return void item.refuse({ code: 'NOT_AN_OBJECT', reason: 'a report is a JSON object', fix: 'correct the export' });
  const unknown = Object.keys(report).find((key) => !KNOWN.has(key));
  if (unknown !== undefined)
    return void item.refuse({
      code: 'UNKNOWN_PROPERTY',
      reason: 'the report has a property that no rule reads',
      fix: 'remove it, or check its spelling',
    });
  const caseNumber = toScalarText(at(report, 'caseNumber'));
  if (isYes(at(report, 'withdrawn'))) return withdraw(report, caseNumber, item);
  const fault = faultOf(report, context);
  if (fault !== undefined) return void item.refuse(fault);
  const marking = decideWritten(
    { marking: textAt(report, 'marking'), tlp: textAt(report, 'tlp'), groups: textsAt(report, 'groups') },
    context,
  );
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  item.carriedBy(draftOf(report, caseNumber, marking, context));
}

/** A case that the platform takes back recalls what was made from it. */
function withdraw(report: JsonObject, caseNumber: string | undefined, item: ItemEntry): void {
  const reason = textAt(report, 'reason');
  if (caseNumber === undefined || reason === undefined)
    return void item.refuse({
      code: 'MISSING_PROPERTY',
      reason: 'a report is withdrawn by its case number, with a reason',
      fix: 'give caseNumber and reason',
    });
  const said = textAt(report, 'observedAt');
  const observedAtMs = said === undefined ? undefined : toInstantMs(said);
  if (said !== undefined && observedAtMs === undefined)
    return void item.refuse({
      code: 'BAD_INSTANT',
      reason: 'observedAt is an instant with an offset',
      fix: 'write it as 2031-10-02T14:05:15Z',
    });
  item.withdraw({
    format: 'platform-report',
    nativeId: caseNumber,
    reason,
    ...(observedAtMs !== undefined && { observedAtMs }),
  });
}

function faultOf(report: JsonObject, { policy }: ReadingContext): NotCarriedReason | undefined {
  const missing = ['kind', 'text', 'observedAt'].find((key) => textAt(report, key) === undefined);
  if (missing !== undefined) return { code: 'MISSING_PROPERTY', reason: `${missing} is empty`, fix: `give ${missing}` };
  if (!KINDS.includes(textAt(report, 'kind') ?? ''))
    return { code: 'BAD_KIND', reason: `kind is one of ${KINDS.join(', ')}`, fix: 'correct the kind' };
  const category = textAt(report, 'category');
  if (category !== undefined && !(policy.vocabulary['Category'] ?? []).includes(category))
    return { code: 'BAD_KIND', reason: 'category is no word of the vocabulary', fix: 'correct the category' };
  const immediacy = textAt(report, 'immediacy');
  if (immediacy !== undefined && !IMMEDIACY.includes(immediacy))
    return { code: 'BAD_KIND', reason: `immediacy is one of ${IMMEDIACY.join(', ')}`, fix: 'correct it' };
  const instant = ['observedAt', 'revisedAt'].find(
    (key) => textAt(report, key) !== undefined && toInstantMs(textAt(report, key) ?? '') === undefined,
  );
  if (instant !== undefined)
    return {
      code: 'BAD_INSTANT',
      reason: `${instant} is an instant with an offset`,
      fix: 'write it as 2031-10-02T14:05:15Z',
    };
  return faultOfValues(report);
}

function faultOfValues(report: JsonObject): NotCarriedReason | undefined {
  const bad = (what: string): NotCarriedReason => ({
    code: 'BAD_VALUE',
    reason: `a value of ${what} is none`,
    fix: 'correct the value',
  });
  for (const field of ['accounts', 'urls'] as const)
    if (textsAt(report, field).some((value) => toFieldValue(field, value) === undefined)) return bad(field);
  if (textsAt(report, 'media').some((value) => normalise('media', value) === undefined)) return bad('media');
  return listAt(report, 'shares').some((share) => toShare(share) === undefined) ? bad('shares') : undefined;
}

/** `{object, account, at}`: an address or a medium, and who shared it when. */
function toShare(share: unknown): Share | undefined {
  const object = textAt(share, 'object') ?? '';
  const account = toFieldValue('accounts', textAt(share, 'account') ?? '')?.value;
  const atMs = toInstantMs(textAt(share, 'at') ?? '');
  const value = toFieldValue('urls', object)?.value ?? normalise('media', object);
  return value === undefined || account === undefined || atMs === undefined ? undefined : { object: value, account, at: atMs };
} // prettier-ignore

function draftOf(
  report: JsonObject,
  caseNumber: string | undefined,
  marking: ImportDraft['marking'],
  context: ReadingContext,
): ImportDraft {
  const { agency, mapping } = context;
  const lang = textAt(report, 'lang') ?? 'und';
  const text = textAt(report, 'text') ?? '';
  const observedAtMs = toInstantMs(textAt(report, 'observedAt') ?? '') ?? 0;
  const revisedAtMs = toInstantMs(textAt(report, 'revisedAt') ?? '');
  const revision = contentName([sortedJson(report)]);
  const platform = agency.replace(/^partner-/, '');
  const shares = distinct(listAt(report, 'shares').flatMap((share) => toShare(share) ?? []));
  const times = shares.map((share) => share.at);
  const body = bodyOf(report, shares, lang);
  return {
    type: body.type,
    native: {
      format: 'platform-report',
      nativeId: caseNumber ?? revision,
      revision,
      ...(revisedAtMs !== undefined && { revisedAtMs }),
      part: '1',
    },
    fields: {
      report: buildReport(
        {
          title: textAt(report, 'title') ?? text,
          marking,
          facts: [
            { kind: 'portion', text, lang },
            { kind: 'label', label: textAt(report, 'kind') ?? '' },
            ...(times.length === 0
              ? []
              : [{ kind: 'seen', firstMs: Math.min(...times), lastMs: Math.max(...times) } as const]),
          ],
          category: textAt(report, 'category'),
          platforms: [platform],
        },
        mapping,
      ),
      ...body.fields,
    },
    marking,
    observedAtMs,
    sourceGrade: gradeOf(textAt(report, 'sourceGrade')) ?? mapping.sourceGrade ?? 'F',
    infoGrade: Number.isInteger(at(report, 'infoGrade')) ? Number(at(report, 'infoGrade')) : (mapping.infoGrade ?? 6),
    ...(caseNumber !== undefined && { origin: `plat:${platform}/${caseNumber}` }),
  };
}

function gradeOf(text: string | undefined): ImportDraft['sourceGrade'] | undefined {
  return text !== undefined && /^[A-F]$/.test(text) ? (text as ImportDraft['sourceGrade']) : undefined; // the pattern admits A–F alone
}

interface Body {
  readonly type: ObservationType;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** By category a threat; of the others what was shared together, else what was spread, whose text it is. */
function bodyOf(report: JsonObject, shares: readonly Share[], lang: string): Body {
  const list = (field: ValueField): string[] =>
    textsAt(report, field).flatMap((value) => toFieldValue(field, value)?.value ?? []);
  const objects = shares.map(({ object }) => object);
  const accounts = distinct([...list('accounts'), ...shares.map(({ account }) => account)]);
  const urls = distinct([...list('urls'), ...objects.filter((object) => toFieldValue('urls', object) !== undefined)]);
  const media = distinct([
    ...textsAt(report, 'media').flatMap((value) => normalise('media', value) ?? []),
    ...objects.filter((object) => toFieldValue('urls', object) === undefined),
  ]);
  const texts = [{ text: textAt(report, 'text') ?? '', lang }];
  if (THREATS.includes(textAt(report, 'category') ?? ''))
    return {
      type: 'ThreatToPerson',
      fields: {
        persons: [], accounts, placeTimes: [], urls, texts: [],
        immediacy: textAt(report, 'immediacy') ?? 'NONE_STATED', weaponStated: null,
      },
    }; // prettier-ignore
  if (shares.length > 0)
    return { type: 'CoordinatedSharing', fields: sharing(report, shares, { accounts, urls, media }) };
  return {
    type: 'InfluenceActivity',
    fields: {
      kind: 'CONTENT', texts, accounts, domains: [], urls, media,
      hashtags: [], narrativeTypes: [], channelTypes: [], eventTypes: [],
      operation: null, startTime: null, stopTime: null, synthetic: null,
    },
  }; // prettier-ignore
}

function sharing(
  report: JsonObject,
  shares: readonly Share[],
  lists: { readonly accounts: readonly string[]; readonly urls: readonly string[]; readonly media: readonly string[] },
): Body['fields'] {
  const times = shares.map((share) => share.at);
  return {
    shares,
    ...lists,
    windowSeconds: Math.max(1, Math.ceil((Math.max(...times) - Math.min(...times)) / 1000)),
    participants: new Set(shares.map(({ account }) => account)).size,
    platformCase: toScalarText(at(report, 'caseNumber')) ?? null,
    platformActions: distinct([textAt(report, 'kind') ?? '', ...textsAt(report, 'actions')]),
  };
}
