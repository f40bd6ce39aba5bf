// Takes the values out of a STIX indicator pattern: every `=` comparison on a property that has a place in a report.
// Holds: pure, linear in the pattern's length; every other operator, and what does not parse, stays text.
// Source: STIX 2.1 §9 (Stix Patterning)

/** One comparison `path = 'text'`. */
export interface PatternEquality {
  /** As written, such as `file:hashes.'SHA-256'`, with the quotes inside left out. */
  readonly path: string;
  readonly value: string;
}

interface Token {
  readonly text: string;
  readonly start: number;
}

const TOKEN = /'(?:[^'\\]|\\.)*'|[A-Za-z0-9_.:*-]+|!=|<=|>=|\S/gs;

/** The equalities of a pattern, in order; empty when there are none. */
export function equalitiesIn(pattern: string): readonly PatternEquality[] {
  const tokens = [...pattern.matchAll(TOKEN)].map(([text], index, all): Token => ({
    text,
    start: all[index]?.index ?? 0,
  }));
  const found: PatternEquality[] = [];
  for (let index = 0; index < tokens.length;) {
    const path = pathAt(tokens, index);
    const next = index + Math.max(path.length, 1);
    const value = path.length > 0 && tokens[next]?.text === '=' ? quoted(tokens[next + 1]?.text) : undefined;
    if (value !== undefined) found.push({ path: path.map(({ text }) => unquote(text)).join(''), value });
    index = value === undefined ? next : next + 2;
  }
  return found;
}

/** The tokens of an object path that starts here: `type:property`, then whatever is written on without a space. */
function pathAt(tokens: readonly Token[], start: number): readonly Token[] {
  const first = tokens[start];
  if (first === undefined || !/^[a-z][a-z0-9-]*:./.test(first.text)) return [];
  let end = start + 1;
  let open = false; // a closing bracket after no opening one ends the comparison, not the path
  for (let last = first; ; end += 1) {
    const token = tokens[end];
    if (
      token === undefined ||
      token.start !== last.start + last.text.length ||
      !/^(?:'|[A-Za-z0-9_.*-]|\[|\])/.test(token.text)
    )
      break;
    if (token.text === ']' && !open) break;
    open ||= token.text === '[';
    last = token;
  }
  return tokens.slice(start, end);
}

function quoted(text: string | undefined): string | undefined {
  return text !== undefined && text.length >= 2 && text.startsWith("'") && text.endsWith("'")
    ? unquote(text)
    : undefined;
}

function unquote(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}
