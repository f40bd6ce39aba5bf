import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toPlainText } from './html-text.ts';

const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['paragraphs become lines', '<p>One &amp; two.</p>\n<p>Three<br/>four</p>', 'One & two.\nThree\nfour', []],
  ['inline markup leaves its text', 'a <em>b</em><span>c</span><sup>2</sup>', 'a bc2', []],
  ['links give their addresses, each once', '<a href="https://a.example/1">x</a> <a href="https://a.example/1">y</a>', 'x y', ['https://a.example/1']],
  ['scripts, styles and hidden parts leave nothing', 'a<script>alert("<b>x")</script><style>p{}</style><template>t</template>b', 'ab', []],
  ['text without markup stays, angle brackets included', '3 < 4 & 5 > 2', '3 < 4 & 5 > 2', []],
  ['broken markup ends nowhere bad', '<p>a <b>c</p', 'a c', []],
  ['blanks of every kind are one', 'a\u00a0\t\n  b', 'a b', []],
]; // prettier-ignore

test.each(cases)('%s', (_what, html, text, links) => {
  expect(toPlainText(html)).toEqual({ text, links });
});

test('what was reduced once is not reduced further when it is written as HTML again', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (html) => {
      const { text } = toPlainText(html);
      const again = text.split('\n').map((line) => `<p>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`).join(''); // prettier-ignore
      expect(toPlainText(again).text).toBe(text);
    }),
    { numRuns: 5_000 },
  );
});
