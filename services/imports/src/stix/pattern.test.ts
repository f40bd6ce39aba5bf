import { expect, test } from '@jest/globals';
import { equalitiesIn } from './pattern.ts';

const cases = [
  { name: 'one comparison', pattern: "[domain-name:value = 'one.example']", values: ['domain-name:value one.example'] },
  { name: 'no space around the operator', pattern: "[file:hashes.sha256='ab']", values: ['file:hashes.sha256 ab'] },
  { name: 'a quoted key', pattern: "[file:hashes.'SHA-256' = 'ab']", values: ['file:hashes.SHA-256 ab'] },
  {
    name: 'several joined by OR',
    pattern: "[domain-name:value = 'one.example' OR ipv4-addr:value = '192.0.2.1']",
    values: ['domain-name:value one.example', 'ipv4-addr:value 192.0.2.1'],
  },
  {
    name: 'an escaped quote',
    pattern: "[url:value = 'http://one.example/it\\'s']",
    values: ["url:value http://one.example/it's"],
  },
  {
    name: 'a value that looks like a comparison',
    pattern: "[url:value = 'http://one.example/?domain-name:value = x']",
    values: ['url:value http://one.example/?domain-name:value = x'],
  },
  {
    name: 'a LIKE beside an equality',
    pattern: "[domain-name:value LIKE '%.example' AND ipv4-addr:value = '192.0.2.1']",
    values: ['ipv4-addr:value 192.0.2.1'],
  },
  { name: 'a negated comparison', pattern: "[domain-name:value NOT = 'one.example']", values: [] },
  { name: 'an inequality', pattern: "[domain-name:value != 'one.example']", values: [] },
  { name: 'no pattern at all', pattern: 'rule r { condition: true }', values: [] },
];
for (const { name, pattern, values } of cases) {
  test(`a pattern with ${name} yields exactly its equalities`, () => {
    expect(equalitiesIn(pattern).map(({ path, value }) => `${path} ${value}`)).toEqual(values);
  });
}
