// Access expressions: an independent oracle for what a marking demands, owned by these tests.
// Holds: parse first, then evaluate any number of times; `&` and `|` do not mix without parentheses; an empty expression
// is open to all. Source: Apache Accumulo Access, access expression specification; its own vectors are row 1.

/** A parsed expression: a token to hold, or all or any of several. */
export type AccessExpression =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'all' | 'any'; readonly of: readonly AccessExpression[] };

/** Reads an expression. Throws SyntaxError, with the offset, on what the specification refuses. */
export function parseAccessExpression(text: string): AccessExpression {
  if (text === '') return { kind: 'all', of: [] };
  const reader = { text, at: 0 };
  const expression = readExpression(reader);
  if (reader.at < text.length) throw fault(reader);
  return expression;
}

/** True when whoever holds `tokens` meets the expression. */
export function isAccessible(expression: AccessExpression, tokens: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'token':
      return tokens.has(expression.token);
    case 'all':
      return expression.of.every((part) => isAccessible(part, tokens));
    case 'any':
      return expression.of.some((part) => isAccessible(part, tokens));
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

function readExpression(reader: Reader): AccessExpression {
  const first = readTerm(reader);
  const operator = reader.text[reader.at];
  if (operator !== '&' && operator !== '|') return first;
  const of = [first];
  while (reader.text[reader.at] === operator) {
    reader.at += 1;
    of.push(readTerm(reader));
  }
  if (reader.text[reader.at] === '&' || reader.text[reader.at] === '|') throw fault(reader); // mixed
  return { kind: operator === '&' ? 'all' : 'any', of };
}

function readTerm(reader: Reader): AccessExpression {
  if (reader.text[reader.at] === '(') {
    reader.at += 1;
    const inner = readExpression(reader);
    if (reader.text[reader.at] !== ')') throw fault(reader);
    reader.at += 1;
    return inner;
  }
  return { kind: 'token', token: reader.text[reader.at] === '"' ? readQuoted(reader) : readBare(reader) };
}

function readBare(reader: Reader): string {
  const start = reader.at;
  while (/[A-Za-z0-9_\-.:/]/.test(reader.text.charAt(reader.at))) reader.at += 1;
  if (reader.at === start) throw fault(reader);
  return reader.text.slice(start, reader.at);
}

function readQuoted(reader: Reader): string {
  let token = '';
  for (reader.at += 1; reader.text[reader.at] !== '"'; reader.at += 1) {
    if (reader.text[reader.at] === '\\') {
      reader.at += 1;
      if (reader.text[reader.at] !== '\\' && reader.text[reader.at] !== '"') throw fault(reader);
    }
    if (reader.at >= reader.text.length) throw fault(reader);
    token += reader.text.charAt(reader.at);
  }
  reader.at += 1;
  if (token === '') throw fault(reader);
  return token;
}

const fault = (reader: Reader): SyntaxError => new SyntaxError(`access expression, offset ${reader.at}`);
