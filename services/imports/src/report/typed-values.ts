// The typed values of a report (`values`), normalised and ready to be fields of its record.
// Holds: a value that is none of its kind refuses the report by its pointer; a person is a token or a public id, never a
// name; lists are sorted without duplicates. Source: README.md#report

import { normalise, refang, type Observation } from '@sitebus/sdk';
import { distinct } from '../report.ts';
import { isJsonObject, toText } from '../untrusted.ts';
import { openProperties, refuseReport, type Properties } from './properties.ts';

type PlaceTimes = Observation<'CovertActivity'>['placeTimes'];
type Texts = Observation<'CovertActivity'>['texts'];

/** Lists of plain values, and the kind each is normalised as. */
const KINDS = {
  domains: 'domain',
  ips: 'ip',
  urls: 'url',
  hashes: 'hash',
  emails: 'email',
  accounts: 'account',
  wallets: 'wallet',
  media: 'media',
  persons: 'person',
} as const;

type PlainList = keyof typeof KINDS;

/** A list of `values`, by the name of the record's field. */
export type ValueList = PlainList | 'placeTimes' | 'texts';

/** A riding's slug, or a geohash of five characters. */
const PLACE = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u;

/** Reads exactly these lists; any other is left unread, and refused as such. */
export function readValues(
  report: Properties,
  lists: readonly ValueList[],
  lang: string,
): Readonly<Record<string, unknown>> {
  const values = report.object('values') ?? openProperties({}, report.pointerOf('values'));
  return Object.fromEntries(lists.map((list) => [list, readList(values, list, lang)]));
}

function readList(values: Properties, list: ValueList, lang: string): readonly unknown[] {
  if (list === 'placeTimes') return distinct<PlaceTimes[number]>(values.objects('places').map(readPlace));
  if (list === 'texts')
    return distinct<Texts[number]>(
      values.items('texts').map((item, index) => readText(item, `${values.pointerOf('texts')}/${index}`, lang)),
    );
  return distinct(values.texts(list).map((raw, index) => readValue(raw, list, `${values.pointerOf(list)}/${index}`)));
}

function readValue(raw: string, list: PlainList, pointer: string): string {
  const value = normalise(KINDS[list], list === 'persons' ? raw : refang(raw));
  if (value !== undefined) return value;
  return list === 'persons'
    ? refuseReport(
        'PERSONAL_DATA',
        pointer,
        'a person is a token or the public id of a candidate, never a name',
        'write prs_<hex>, cand:, org: or party:',
      )
    : refuseReport('BAD_VALUE', pointer, `this is no value of ${list}`, 'correct the value, or leave it to the text');
}

function readPlace(place: Properties): PlaceTimes[number] {
  const name = place.requiredText('place').toLowerCase();
  if (!PLACE.test(name))
    return refuseReport(
      'BAD_VALUE',
      place.pointerOf('place'),
      'a place is a riding’s slug or a geohash of five characters',
      'correct the place',
    );
  return { place: name, from: place.requiredInstant('from'), to: place.requiredInstant('to') };
}

function readText(item: unknown, pointer: string, lang: string): Texts[number] {
  if (!isJsonObject(item)) {
    const text = toText(item);
    return text === undefined
      ? refuseReport('BAD_VALUE', pointer, 'a text is expected here', 'correct the value')
      : { text, lang };
  }
  const properties = openProperties(item, pointer);
  const text = { text: properties.requiredText('text'), lang: properties.text('lang') ?? lang };
  properties.refuseUnread();
  return text;
}
