// Which texts may be near-duplicates, and whether two of them are: MinHash bands find candidates, edit distance decides.
// Holds: pure and deterministic, whole numbers only; two texts whose sets of 4-grams have Jaccard index j share a band with
// probability 1 − (1 − j⁴)¹⁶, of which the knee is at ½. Source: Broder 1997; Leskovec et al., Mining of Massive Datasets
// §3.4; Ukkonen 1985 for the bounded distance; README.md#texts

/** Bands of a text, and hash functions in one: rows that must all agree. */
export const BANDS = 16;
const ROWS = 4;
const GRAM = 4;
/** Characters of a text that are looked at for candidates, and for comparing long texts. */
const SIGNED_CHARS = 8_192;
/** Up to here two texts are compared by edit distance; beyond, by the Jaccard index of their 4-grams. */
export const EDIT_CHARS = 1_024;
/** Least Jaccard index of long texts, in micro-units: the knee of the bands. */
const JACCARD_MICRO = 500_000;
const MICRO = 1_000_000;

/**
 * The keys under which a text is found: whole numbers of 32 bits, one a band, in order of the bands. Texts with a key in
 * common are candidates; a key that came out twice by chance stands there twice. Cost: 64 multiplications a character.
 */
export function bandKeysOf(text: string): Int32Array {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  const end = Math.min(text.length, SIGNED_CHARS) - GRAM;
  for (let at = 0; at <= Math.max(0, end); at += 1) {
    const gram = gramAt(text, at);
    for (let row = 0; row < least.length; row += 1) {
      const hash = (Math.imul(MULTIPLIERS[row]!, gram) + ADDENDS[row]!) >>> 0;
      if (hash < least[row]!) least[row] = hash;
    }
  }
  const keys = new Int32Array(BANDS);
  for (let band = 0; band < BANDS; band += 1) {
    let key = mixed(band + 1);
    for (let row = 0; row < ROWS; row += 1) key = mixed(Math.imul(key, 31) ^ least[band * ROWS + row]!);
    keys[band] = key;
  }
  return keys;
}

/**
 * Whether two comparable texts say the same but for a few changes: edit similarity, 1 − distance / length of the longer,
 * of at least `similarityMicro`; for texts beyond `EDIT_CHARS` a Jaccard index of their 4-grams of at least one half.
 */
export function areNearDuplicates(a: string, b: string, similarityMicro: number): boolean {
  const longer = Math.max(a.length, b.length);
  if (longer > EDIT_CHARS) return jaccardMicro(a, b) >= JACCARD_MICRO;
  const most = Math.floor((longer * (MICRO - similarityMicro)) / MICRO);
  return isWithin(a, b, most);
}

/** Whether `most` insertions, deletions and replacements of UTF-16 units turn `a` into `b`. Cost: length × `most`. */
export function isWithin(a: string, b: string, most: number): boolean {
  let start = 0;
  let endA = a.length;
  let endB = b.length;
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA -= 1;
    endB -= 1;
  }
  const [short, shortEnd, long, longEnd] = endA <= endB ? [a, endA, b, endB] : [b, endB, a, endA];
  if (longEnd - shortEnd > most) return false;
  return shortEnd === start ? true : isBandWithin(short, start, shortEnd, long, longEnd, most);
}

/** One row of the table of distances, of which only places that can still stay within the bound are filled in. */
let row = new Uint16Array(EDIT_CHARS + 1);

function isBandWithin(short: string, start: number, shortEnd: number, long: string, longEnd: number, most: number) {
  const columns = shortEnd - start;
  const beyond = most + 1;
  if (row.length <= columns) row = new Uint16Array(columns + 1);
  for (let column = 0; column <= columns; column += 1) row[column] = Math.min(column, beyond);
  for (let line = 1; line <= longEnd - start; line += 1) {
    const unit = long.charCodeAt(start + line - 1);
    const from = Math.max(1, line - most);
    const to = Math.min(columns, line + most);
    let diagonal = row[from - 1]!;
    let left = from === 1 ? Math.min(line, beyond) : beyond;
    let best = left;
    row[from - 1] = left;
    for (let column = from; column <= to; column += 1) {
      const above = column === line + most ? beyond : row[column]!;
      let least = diagonal + (short.charCodeAt(start + column - 1) === unit ? 0 : 1);
      if (left + 1 < least) least = left + 1;
      if (above + 1 < least) least = above + 1;
      diagonal = row[column]!;
      row[column] = left = least < beyond ? least : beyond;
      if (left < best) best = left;
    }
    if (best > most) return false;
  }
  return row[columns]! <= most;
}

function jaccardMicro(a: string, b: string): number {
  const [ofA, ofB] = [gramsOf(a), gramsOf(b)];
  let shared = 0;
  for (const gram of ofA) if (ofB.has(gram)) shared += 1;
  return Math.floor((shared * MICRO) / (ofA.size + ofB.size - shared));
}

function gramsOf(text: string): Set<number> {
  const grams = new Set<number>();
  const end = Math.min(text.length, SIGNED_CHARS) - GRAM;
  for (let at = 0; at <= end; at += 1) grams.add(gramAt(text, at));
  return grams;
}

/** Four units as a whole number of 32 bits; units beyond the end count 0. */
function gramAt(text: string, at: number): number {
  let hash = 0x9e3779b9;
  for (let unit = at; unit < at + GRAM; unit += 1)
    hash = Math.imul(hash ^ (unit < text.length ? text.charCodeAt(unit) : 0), 0x01000193);
  return mixed(hash);
}

/** A bijection of 32 bits in which every bit moves about half of all others. */
function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Odd, so that each function is a permutation of the 32-bit numbers. */
const MULTIPLIERS = Int32Array.from({ length: BANDS * ROWS }, (_, place) => mixed(place * 2 + 1) | 1);
const ADDENDS = Int32Array.from({ length: BANDS * ROWS }, (_, place) => mixed(place * 2 + 2));
