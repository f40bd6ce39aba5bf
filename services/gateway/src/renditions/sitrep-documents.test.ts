// Reports as documents: what is said is text, every paragraph bears its mark, markings stand first and last, bytes are repeatable.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { sitrepDocument, type ReleasedSitrep } from './sitrep-document.ts';
import { renderSitrepHtml } from './sitrep-html.ts';
import { renderSitrepPdf } from './sitrep-pdf.ts';

const RUNS = propertyRuns(2_000);
const report = (texts: readonly string[], banner = 'SECRET//CANADIAN EYES ONLY'): ReleasedSitrep => ({
  marking: { banner }, number: 3, version: 1, state: 'ISSUED', electionId: 'ge-demo', cutOff: '2031-10-02T20:00:00.000Z',
  contributions: [
    { agency: 'cse', status: 'SUBMITTED', means: { en: 'contributed', fr: 'a contribué' } },
    { agency: 'gac', status: 'LATE', means: { en: 'nothing readable here by the cut-off', fr: 'rien de lisible ici à l’échéance' } },
  ],
  lateContributions: [],
  sections: [{ heading: { en: 'Cyber security', fr: 'Cybersécurité' }, paragraphs: texts.map((text) => ({ mark: '(S//CEO)', text, lang: 'fr', agency: 'cse' })) }],
  gaps: { members: ['gac'], stated: [] },
  corrections: [],
}); // prettier-ignore

test('whatever a paragraph says is text: the page has the same elements as one that says nothing of markup', () => {
  const elements = (html: string) => html.match(/<[^>]*>/g);
  const plain = elements(renderSitrepHtml(sitrepDocument(report(['x']), 'en')));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('<b>', '"><script>', "' onload=", '&lt;')), (text) => {
      expect(elements(renderSitrepHtml(sitrepDocument(report([text]), 'en')))).toEqual(plain);
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('the marking is the first and the last thing on the page, the language is set, and every paragraph has its mark', () => {
  const html = renderSitrepHtml(sitrepDocument(report(['Un', 'Deux']), 'fr'));
  expect(html).toContain('<html lang="fr">');
  const [, body = ''] = html.split('<body>');
  const text = body.replaceAll(/<[^>]*>/g, ' ').trim();
  expect(text.startsWith('SECRET//CANADIAN EYES ONLY')).toBe(true);
  expect(text.endsWith('SECRET//CANADIAN EYES ONLY')).toBe(true);
  for (const words of ['Un', 'Deux'])
    expect(html).toContain(`<span lang="en">(S//CEO)</span> <span lang="fr">${words}</span>`);
  expect(html).toContain('Cybersécurité');
  expect(html).toContain('LATE: rien de lisible');
});

test('the same report is the same file, byte for byte, with its language; another is another', async () => {
  const [once, twice, other] = await Promise.all(
    [report(['One']), report(['One']), report(['Two'])].map((each) => renderSitrepPdf(sitrepDocument(each, 'fr'), '/v1/sitreps/3.html')),
  ); // prettier-ignore
  expect(once!.equals(twice!)).toBe(true);
  expect(once!.equals(other!)).toBe(false);
  const head = once!.toString('latin1');
  expect(head.startsWith('%PDF-')).toBe(true);
  expect(head).toContain('/Lang (fr-CA)');
});

test('a paragraph of more than one page has the marking on each of them', async () => {
  const long = Array.from({ length: 200 }, (_each, at) => `Paragraph ${at} says something that takes a line or two.`);
  const file = await renderSitrepPdf(sitrepDocument(report(long), 'en'), '/x');
  const pages = /\/Type \/Pages[\s\S]*?\/Count (\d+)/.exec(file.toString('latin1'))?.[1];
  expect(Number(pages)).toBeGreaterThan(2);
});

const gap = (reason: string, more: object = {}) => ({
  source: 's-can.csis', agency: 'csis', from: '2031-10-01T08:00:00.000Z', to: '2031-10-01T12:00:00.000Z', reason, isLate: false, mark: '(S//CEO)',
  means: { en: 'did not observe', fr: 'n’a pas observé' }, ...more,
}); // prettier-ignore
const withGaps = (...sources: readonly ReturnType<typeof gap>[]): ReleasedSitrep => {
  const plain = report(['One']);
  return { ...plain, gaps: { ...plain.gaps, sources, omitted: 3 } };
};

test('failure 20: a source that did not observe is a paragraph of its own in either language, with its mark, and no contribution', () => {
  const lasting = gap('Déménagement.', { to: undefined });
  const late = gap('The line was cut.', { isLate: true });
  const english = sitrepDocument(withGaps(lasting, late), 'en');
  const unknown = english.sections.find(({ heading }) => heading === 'What is not known');
  expect(unknown).toEqual({
    heading: 'What is not known',
    paragraphs: [
      { mark: '(S//CEO)', lang: 'en', agency: 'csis', reason: 'Déménagement.', text: 'Source s-can.csis, since 2031-10-01T08:00:00.000Z and still at the cut-off: did not observe.' },
      { mark: '(S//CEO)', lang: 'en', agency: 'csis', reason: 'The line was cut.', text: 'Source s-can.csis, from 2031-10-01T08:00:00.000Z to 2031-10-01T12:00:00.000Z, before the time of this report, and in none before it: did not observe.' },
    ],
    notes: ['Further gaps of sources that are not named here: 3.', 'Nothing readable here by the cut-off from gac.'],
  });
  expect(english.contributions).toEqual(sitrepDocument(report(['One']), 'en').contributions);
  const french = renderSitrepHtml(sitrepDocument(withGaps(lasting), 'fr'));
  expect(french).toContain(
    '<span lang="en">(S//CEO)</span> <span lang="fr">Source s-can.csis, depuis 2031-10-01T08:00:00.000Z et encore à l’échéance\u00A0: n’a pas observé.</span> <span lang="">Déménagement.</span>',
  );
}); // prettier-ignore

test('the reason of a gap is text as well, and stands in the file', async () => {
  const elements = (html: string) => html.match(/<[^>]*>/g);
  const page = (reason: string) => renderSitrepHtml(sitrepDocument(withGaps(gap(reason)), 'en'));
  for (const reason of ['<b>', '"><script>', "' onload=", '&lt;']) expect(elements(page(reason))).toEqual(elements(page('x')));
  const [plain, once, other] = await Promise.all(
    [report(['One']), withGaps(gap('Moved.')), withGaps(gap('Cut.'))].map((each) => renderSitrepPdf(sitrepDocument(each, 'fr'), '/x')),
  );
  expect(once!.equals(plain!)).toBe(false);
  expect(once!.equals(other!)).toBe(false);
}); // prettier-ignore
