// Where a text stops being JSON: the runtime's own message names a position in some cases only.
// Holds: pure; a text cut after a whole token either lacks its end or is wrong already, and once wrong it stays wrong, so
// the first wrong token is found by halving.

/** @returns the place as `line 2, column 11`, both from 1; that of the text's end where it is cut off. */
export function placeOfFault(text: string): string {
  const tokens = [...text.matchAll(TOKEN)];
  const endOf = (index: number): number => (tokens[index]?.index ?? 0) + (tokens[index]?.[0].length ?? 0);
  let [first, after] = [0, tokens.length]; // the first wrong token is in [first, after]; after: there is none
  while (first < after) {
    const middle = Math.floor((first + after) / 2);
    if (isWrong(text.slice(0, endOf(middle)))) after = middle;
    else first = middle + 1;
  }
  const before = text.slice(0, tokens[first]?.index ?? text.trimEnd().length).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** A text, a sign of JSON, or a word; a text without its end reaches to the end. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs;

function isWrong(start: string): boolean {
  try {
    JSON.parse(start);
    return false;
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    const lacksEnd = String(error).includes('end of JSON input') || Number(position) === start.length;
    return !lacksEnd;
  }
}
