// A situation report as a PDF: markings at the top and the bottom of every page, a mark on every paragraph, the language set.
// Holds: the same document gives the same bytes; nothing is fetched: fonts are the library's own; it is not called accessible: the
// HTML page, which it names, is the original. Source: README.md#renditions

import { createRequire } from 'node:module';
import type { SitrepDocument } from './sitrep-document.ts';

/** What is used of the library, which types itself not at all. */
interface PdfMake {
  addFonts(fonts: object): void;
  setUrlAccessPolicy(allows: (url: string) => boolean): void;
  setLocalAccessPolicy(allows: (path: string) => boolean): void;
  createPdf(definition: object): { getBuffer(): Promise<Buffer> };
}

const require = createRequire(import.meta.url);
let library: PdfMake | undefined;

/** @returns the file. `original`: path of the HTML page. */
export async function renderSitrepPdf(document: SitrepDocument, original: string): Promise<Buffer> {
  const { lang, banner, title, date, facts, contributions, sections } = document;
  const marking: Readonly<Record<string, unknown>> = { text: banner, alignment: 'right', bold: true, fontSize: 12, margin: [40, 14, 40, 0] };
  const rows = (pairs: readonly (readonly [string, string])[]) => ({
    table: { widths: ['auto', '*'], body: pairs.map(([name, value]) => [strong(name), value]) },
    layout: 'noBorders',
  });
  const heading = (text: string) => ({ text, bold: true, fontSize: 13, margin: [0, 10, 0, 4] });
  const definition = {
    language: lang === 'fr' ? 'fr-CA' : 'en-CA',
    info: { title: `${banner} · ${title}`, creationDate: date, modDate: date, producer: 'sitebus', creator: 'sitebus' },
    displayTitle: true,
    pageMargins: [40, 46, 40, 46],
    header: marking,
    footer: { ...marking, margin: [40, 10, 40, 0] },
    defaultStyle: { fontSize: 10, lineHeight: 1.2 },
    content: [
      { text: title, bold: true, fontSize: 16, margin: [0, 0, 0, 8] },
      rows(facts),
      ...(contributions.rows.length === 0 ? [] : [heading(contributions.heading), rows(contributions.rows)]), // a table has a row
      ...sections.flatMap((section) => [
        heading(section.heading),
        ...section.paragraphs.map(({ mark, text, reason, agency }) => ({ text: [mark, text, ...(reason === undefined ? [] : [reason]), `[${agency}]`].join(' '), margin: [0, 0, 0, 5] })),
        ...section.notes.map((note) => ({ text: note, margin: [0, 0, 0, 5] })),
      ]),
      { text: original, margin: [0, 12, 0, 0], fontSize: 9 },
    ],
  };
  return pdfmake().createPdf(definition).getBuffer();
} // prettier-ignore

function strong(text: string): Readonly<Record<string, unknown>> {
  return { text, bold: true };
}

/** Loaded once, by the first report that is printed. */
function pdfmake(): PdfMake {
  if (library !== undefined) return library;
  library = require('pdfmake') as PdfMake;
  const fonts = require('pdfmake/fonts/Roboto.js') as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const files = new Set(Object.values(fonts).flatMap((font) => Object.values(font)));
  library.addFonts(fonts);
  library.setUrlAccessPolicy(() => false);
  library.setLocalAccessPolicy((path) => files.has(path));
  return library;
}
