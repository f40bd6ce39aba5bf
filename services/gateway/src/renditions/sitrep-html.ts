// A situation report as an HTML page: the accessible original of every other form.
// Holds: pure; whatever the report says is text, never markup; the marking is the first and the last thing on the page, and on
// every printed one; each paragraph bears its mark and its language; no script, and one style by its hash.
// Source: README.md#renditions

import { createHash } from 'node:crypto';
import type { DocumentParagraph, SitrepDocument } from './sitrep-document.ts';

const STYLE = [
  ':root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}',
  'body{margin:0 auto;max-width:46rem;padding:0 1rem}',
  '.marking{font-weight:700;font-size:12pt;text-align:right;margin:0;padding:.25rem 0}',
  'table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.125rem .75rem .125rem 0}',
  '.agency{opacity:.8}',
  '@media print{:root{color-scheme:light}header,footer{position:fixed;left:0;right:0;background:#fff}header{top:0}footer{bottom:0}main{margin:2rem 0}}',
].join('\n');

/** What the page may load: nothing but its own style. */
export const SITREP_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE, 'utf8').digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** @returns the page. */
export function renderSitrepHtml(document: SitrepDocument): string {
  const { lang, banner, title, facts, contributions, sections } = document;
  const marking = `<p class="marking" lang="en">${escaped(banner)}</p>`;
  return [
    '<!DOCTYPE html>',
    `<html lang="${lang}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(`${banner} · ${title}`)}</title>`,
    `<style>${STYLE}</style></head>`,
    '<body>',
    `<header>${marking}</header>`,
    '<main>',
    `<h1>${escaped(title)}</h1>`,
    tableOf(facts),
    `<section><h2>${escaped(contributions.heading)}</h2>${tableOf(contributions.rows)}</section>`,
    ...sections.map(({ heading, paragraphs, notes }) =>
      [
        `<section><h2>${escaped(heading)}</h2>`,
        ...paragraphs.map(paragraphOf),
        ...notes.map((note) => `<p>${escaped(note)}</p>`),
        '</section>',
      ].join('\n'),
    ),
    '</main>',
    `<footer>${marking}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function paragraphOf({ mark, text, lang, reason, agency }: DocumentParagraph): string {
  const words = reason === undefined ? '' : ` <span lang="">${escaped(reason)}</span>`;
  return `<p><span lang="en">${escaped(mark)}</span> <span lang="${escaped(lang)}">${escaped(text)}</span>${words} <span class="agency">[${escaped(agency)}]</span></p>`;
}

function tableOf(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`);
  return `<table>${lines.join('')}</table>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
