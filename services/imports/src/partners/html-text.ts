// Text of people that comes as HTML, reduced to plain text, with the addresses that it links to.
// Holds: the parser decides what is markup, never a pattern; scripts and styles leave nothing; blocks become lines.
// Source: README.md#catalogue

import { Parser } from 'htmlparser2';

/** Plain text and the addresses of its links, in order, each once. */
export interface PlainText {
  readonly text: string;
  readonly links: readonly string[];
}

const BLOCKS = new Set([
  'address', 'article', 'blockquote', 'br', 'dd', 'div', 'dl', 'dt', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p',
  'pre', 'section', 'table', 'tr', 'ul',
]); // prettier-ignore
const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'head',
  'title',
  'textarea',
]);

/** Reads HTML, or text without any. */
export function toPlainText(html: string): PlainText {
  const lines: string[] = [''];
  const links = new Set<string>();
  let silence = 0;
  const breakLine = (name: string): void => {
    if (BLOCKS.has(name) && lines.at(-1) !== '') lines.push('');
  };
  const parser = new Parser({
    onopentag(name, { href }) {
      if (SILENT.has(name)) silence += 1;
      breakLine(name);
      if (name === 'a' && href !== undefined && href !== '') links.add(href);
    },
    ontext(text) {
      if (silence === 0) lines[lines.length - 1] = `${lines.at(-1) ?? ''}${text}`;
    },
    onclosetag(name) {
      if (SILENT.has(name)) silence -= 1;
      breakLine(name);
    },
  });
  parser.end(html);
  const text = lines
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
  return { text: text.normalize('NFC'), links: [...links] };
}
