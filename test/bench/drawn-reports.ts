// Reports as a stream of them looks: most stand alone, some belong to campaigns, a few values are in everybody's.
// Holds: one seed gives the same reports on every machine; ids, agencies, levels and values are drawn, nothing is real.

/** Kinds of values, in the order in which they are drawn. */
export const VALUE_KINDS = ['domain', 'ip', 'url', 'hash', 'account', 'tracker', 'email'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** One value; its number is unlike that of any other. */
export interface DrawnValue {
  readonly kind: ValueKind;
  readonly number: number;
}

/** One report before it is a record. */
export interface DrawnReport {
  readonly id: string;
  /** 0 to 4. */
  readonly agency: number;
  /** 0 open to 3 top secret. */
  readonly level: number;
  readonly observedAt: number;
  readonly values: readonly DrawnValue[];
  readonly category: 'PHISHING' | 'OTHER';
  readonly text: string;
}

/** What is drawn. */
export interface Draw {
  readonly count: number;
  readonly seed: number;
  /** A value that every report carries, to see what it costs. */
  readonly hotValue?: boolean;
  /** UTC milliseconds of the first report; each further one is ten later. */
  readonly from: number;
  /** Numbers of values begin after this one, so that draws can be put together. Default 0. */
  readonly afterNumber?: number;
}

/** Share of reports in campaigns, and of values that are hubs'. */
const IN_CAMPAIGNS = 0.3;
const HUB_SHARE = 0.0565;
const RECORDS_PER_HUB = 10_000;
const MAX_CAMPAIGN = 12;
const AGENCIES = 5;
const HOT: DrawnValue = { kind: 'domain', number: 0 };

/** The reports, in order. */
export function drawReports({ count, seed, hotValue = false, from, afterNumber = 0 }: Draw): DrawnReport[] {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  let fresh = afterNumber;
  const value = (): DrawnValue => {
    fresh += 1;
    return { kind: VALUE_KINDS[below(VALUE_KINDS.length)]!, number: fresh };
  };
  const hubs = Array.from({ length: Math.max(8, Math.round(count / RECORDS_PER_HUB)) }, value);
  const hub = (): DrawnValue => hubs[Math.floor(hubs.length * random() ** 1.3)]!;
  const places = [...campaigns(count, random, value), ...loners(count, random)].slice(0, count);
  places.sort((a, b) => a.at - b.at);
  return places.map(({ agency, shared }, index) => {
    const values = [...shared];
    const wanted = 3 + below(6);
    while (values.length < wanted) {
      const next = random() < HUB_SHARE ? hub() : value();
      if (!values.includes(next)) values.push(next);
    }
    if (hotValue) values.push(HOT);
    return {
      id: uuid(random),
      agency,
      level: levelAt(random()),
      observedAt: from + index * 10,
      values: shuffled(values, below),
      category: shared.length > 0 ? 'PHISHING' : 'OTHER', // the first rings bells alone, the second does not
      text: sentence(72 + below(14), below),
    };
  });
}

interface Place {
  /** Where in the stream, in reports. */
  readonly at: number;
  readonly agency: number;
  readonly shared: readonly DrawnValue[];
}

/** Two to twelve reports of at least two agencies around one to three values, not far apart. */
function campaigns(count: number, random: () => number, value: () => DrawnValue): Place[] {
  const places: Place[] = [];
  while (places.length < count * IN_CAMPAIGNS) {
    let size = 2;
    while (size < MAX_CAMPAIGN && random() < 0.5) size += 1;
    const [core, ...others] = Array.from({ length: 1 + Math.floor(random() * 3) }, value);
    const first = Math.floor(random() * AGENCIES);
    let at = random() * count;
    for (let member = 0; member < size; member += 1) {
      const other = (first + 1 + Math.floor(random() * (AGENCIES - 1))) % AGENCIES;
      const agency = member === 0 ? first : member === 1 ? other : Math.floor(random() * AGENCIES);
      places.push({ at, agency, shared: [core!, ...others.filter(() => random() < 0.5)] });
      at -= Math.log(1 - random()) * 5_000;
    }
  }
  return places;
}

function loners(count: number, random: () => number): Place[] {
  return Array.from({ length: Math.ceil(count * (1 - IN_CAMPAIGNS)) }, () => {
    return { at: random() * count, agency: Math.floor(random() * AGENCIES), shared: [] };
  });
}

function levelAt(share: number): number {
  if (share < 0.6) return 0;
  return share < 0.85 ? 1 : share < 0.95 ? 2 : 3;
}

function shuffled<T>(list: T[], below: (limit: number) => number): T[] {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}

/** Version 4, as a hand-made record has it. */
function uuid(random: () => number): string {
  let digits = '';
  while (digits.length < 32)
    digits += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) & 3]!;
  const groups = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, variant + digits.slice(17, 20)];
  return `${groups.join('-')}-${digits.slice(20)}`;
}

const WORDS = (
  'polling station notice date queue account leaflet printer domain voter letter video claim office page rumour ' +
  'recount observer threat call photo audio candidate message network site copy sign mail forged hidden shared'
).split(' ');

function sentence(length: number, below: (limit: number) => number): string {
  let text = '';
  while (text.length < length) text += (text === '' ? '' : ' ') + WORDS[below(WORDS.length)]!;
  return text;
}

/** Uniform in [0, 1), 32 bits of state (mulberry32, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
