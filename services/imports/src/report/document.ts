// A structured report as its author wrote it: JSON, one or a list, or Markdown whose front matter names the values and
// whose paragraphs are its text.
// Holds: never throws; both forms give the same object; a fault of Markdown is placed by its line; front matter is text, so
// that `serial: 0107` keeps its nought; aliases and tags are refused. Source: YAML 1.2 §10.1 (failsafe schema); README.md#report

import { LineCounter, parseDocument, isMap, isScalar } from 'yaml';
import { isTooDeep } from '@sitebus/kit';
import { isJsonObject } from '../untrusted.ts';

/** One report, not yet read. */
export interface ReportDocument {
  readonly value: unknown;
  /** JSON pointer of the report in its file. */
  readonly pointer: string;
  /** Line of the file on which a part of the report begins; undefined where a file has no lines to speak of. */
  readonly lineOf: (pointer: string) => number | undefined;
}

/** Why a file is no report at all. */
export interface UnreadableDocument {
  readonly unreadable: string;
  readonly fix: string;
  readonly line?: number;
}

/** Far more than the named values of a report, and little enough to read in no time. */
const MAX_FRONT_MATTER_CHARS = 65_536; // README.md#report

/** Every scalar is text; errors stay bare, because quoting their surroundings costs more than reading. */
const PLAIN_YAML = {
  schema: 'failsafe',
  uniqueKeys: true,
  stringKeys: true,
  resolveKnownTags: false,
  prettyErrors: false,
} as const;

/** Reads a file as the reports that it holds. */
export function readDocuments(content: Buffer): readonly ReportDocument[] | UnreadableDocument {
  const text = content.toString('utf8').replace(/^\ufeff/, '');
  return /^---[ \t]*\r?\n/.test(text) ? readMarkdown(text.split(/\r?\n/)) : readJson(text);
}

function readJson(text: string): readonly ReportDocument[] | UnreadableDocument {
  try {
    const parsed: unknown = JSON.parse(text);
    const reports = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
    return reports.map((value, index) => ({
      value: isTooDeep(value) ? undefined : value,
      pointer: Array.isArray(parsed) ? `/${index}` : '',
      lineOf: () => undefined,
    }));
  } catch {
    return {
      unreadable: 'the file is neither JSON nor Markdown with front matter',
      fix: 'begin Markdown with a line of three hyphens',
    };
  }
}

function readMarkdown(lines: readonly string[]): readonly ReportDocument[] | UnreadableDocument {
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
  if (end === -1)
    return { unreadable: 'the front matter does not end', fix: 'close it with a line of three hyphens', line: 1 };
  const matter = readFrontMatter(lines.slice(1, end).join('\n'));
  if ('unreadable' in matter) return matter;
  const blocks = readBlocks(lines.slice(end + 1), end + 2);
  const [first] = blocks;
  const heads = first !== undefined && first.text.startsWith('# ') && !Object.hasOwn(matter.value, 'title');
  const paragraphs = heads ? blocks.slice(1) : blocks;
  if (Object.hasOwn(matter.value, 'paragraphs'))
    return {
      unreadable: 'paragraphs stand in the front matter',
      fix: 'write them below it',
      line: matter.lineOf('paragraphs') ?? 1,
    };
  const value = {
    ...matter.value,
    ...(heads && { title: first.text.slice(2) }),
    ...(paragraphs.length > 0 && { paragraphs: paragraphs.map(({ text }) => text) }),
  };
  const lineOf = (pointer: string): number | undefined => {
    const [, key = '', index = ''] = pointer.split('/');
    return (key === 'paragraphs' ? paragraphs[Number(index)]?.line : undefined) ?? matter.lineOf(key) ?? 1;
  };
  return [{ value: isTooDeep(value) ? undefined : value, pointer: '', lineOf }];
}

interface FrontMatter {
  readonly value: Readonly<Record<string, unknown>>;
  readonly lineOf: (key: string) => number | undefined;
}

function readFrontMatter(text: string): FrontMatter | UnreadableDocument {
  if (text.length > MAX_FRONT_MATTER_CHARS)
    return { unreadable: 'the front matter is longer than any report needs', fix: 'shorten it', line: 1 };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...PLAIN_YAML, lineCounter: lines });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) return unreadableYaml(lines.linePos(fault.pos[0]).line + 1);
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    if (!isJsonObject(value)) return unreadableYaml(1);
    const keys = isMap(document.contents) ? document.contents.items.map(({ key }) => key) : [];
    const lineOf = (name: string): number | undefined => {
      const key = keys.find((each) => isScalar(each) && each.value === name);
      return isScalar(key) ? lines.linePos(key.range[0]).line + 1 : undefined;
    };
    return { value, lineOf };
  } catch {
    return unreadableYaml(1); // an alias, or nesting beyond what can be read
  }
}

const unreadableYaml = (line: number): UnreadableDocument => ({
  unreadable: 'the front matter is not plain YAML with named values',
  fix: 'write name: value, without aliases or tags',
  line,
});

interface Block {
  readonly text: string;
  readonly line: number;
}

/** Paragraphs are separated by blank lines; the lines of one are one text. */
function readBlocks(lines: readonly string[], firstLine: number): readonly Block[] {
  const blocks: { texts: string[]; line: number }[] = [];
  let open = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text !== '' && open) blocks.at(-1)?.texts.push(text);
    else if (text !== '') blocks.push({ texts: [text], line: firstLine + index });
    open = text !== '';
  }
  return blocks.map(({ texts, line }) => ({ text: texts.join(' '), line }));
}
