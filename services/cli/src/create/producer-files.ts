// The folder of a new producer: what stands in each file before anybody has edited one.
// Holds: pure; the shape of the agency folders that there are (a table and samples, the code is in imports); its own test
// passes as it stands, and one of its samples is bad on purpose. Source: services/imports/README.md

import { createHash } from 'node:crypto';

/** What the folder is made for. */
export interface ProducerWish {
  /** Folder and package name; words of letters and digits, with dashes between. */
  readonly name: string;
  readonly agency: string;
  /** The agency's namespace, of which ids are derived. */
  readonly namespace: string;
  /** The portion mark of its lowest cell, such as `(U//TLP:CLEAR)`: what the samples bear. */
  readonly mark: string;
  readonly cell: string;
}

/** @returns text by path within the folder. */
export function producerFiles(wish: ProducerWish): Readonly<Record<string, string>> {
  const { name, agency, mark } = wish;
  const table = name.toUpperCase().replaceAll('-', '_');
  const source = `${name}-reports`;
  return {
    'package.json': json({
      name: `@sitebus/${name}`,
      version: '0.1.0',
      private: true,
      license: 'Apache-2.0',
      type: 'module',
      exports: { '.': { source: './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
      dependencies: { '@sitebus/imports': '0.1.0' },
    }),
    'README.md': readme(name, agency, source, table),
    'policy/import-mapping.json': json({
      agency,
      source,
      category: 'INFORMATION_MANIPULATION',
      mandateBasis: 'Say here by what authority this is collected',
      soWhat: 'Say here why a reader should care.',
      releasePlan: 'READABLE_BY_PARTNERS',
      sourceKind: 'OSINT',
      reportTypes: { INFORMATION_MANIPULATION: 'InfluenceActivity' },
    }),
    'samples/first.report.md': sample({ name, mark, grade: 'sourceGrade' }),
    'samples/typo.report.md': sample({ name, mark, grade: 'sourcegrade' }),
    'samples/expected.json': json({
      'first.report.md': {
        answers: [{ line: 1, pointer: '', status: 'accepted', id: reportId(wish), cell: wish.cell }],
        summary: { items: 1, accepted: 1, refused: 0, skipped: 0 },
        written: 1,
      },
      'typo.report.md': {
        answers: [
          {
            line: 6,
            pointer: '/sourcegrade',
            status: 'refused',
            code: 'UNKNOWN_PROPERTY',
            reason: 'no rule reads this property in a report of this kind',
            fix: 'remove it, or check its spelling',
          },
        ],
        summary: { items: 1, accepted: 0, refused: 1, skipped: 0 },
        written: 0,
      },
    }),
    'src/index.ts': `// The public name of the ${name} folder: its table.\n\nexport { ${table} } from './table.ts';\n`,
    'src/main.ts': `// The service of ${name} as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { ${table} } from './table.ts';

await runAgencyProcess(${table}, process.env);
`,
    'src/table.ts': `// ${name} as a table: the formats it reads, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import { reportReader, type AgencyTable } from '@sitebus/imports';

/** What ${agency} takes in; a folder below its inbox names another source. */
export const ${table}: AgencyTable = {
  agency: '${agency}',
  readers: [reportReader],
  drops: [
    { suffix: 'report.json', format: 'report', source: '${source}' },
    { suffix: 'report.md', format: 'report', source: '${source}' },
  ],
};
`,
    'src/samples.test.ts': `import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected, type Policy } from '@sitebus/imports/testing/samples';
import { ${table} } from './table.ts';

const mapping = JSON.parse(
  readFileSync(new URL('../policy/import-mapping.json', import.meta.url), 'utf8'),
) as Policy['importMappings'][number];

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  table: ${table},
  policyFor: (shipped) => ({ ...shipped, importMappings: [...shipped.importMappings, mapping] }),
});
`,
  };
}

function readme(name: string, agency: string, source: string, table: string): string {
  const wide = source.length + 2; // as prettier lays a table out
  return `# ${name}

A producer of ${agency}: structured reports, as Markdown or JSON.

\`\`\`sh
node test/run.js unit services/agencies/${name}
\`\`\`

| a dropped file named         | is read as | ${'from source'.padEnd(wide)} |
| ---------------------------- | ---------- | ${'-'.repeat(wide)} |
| \`*report.json\`, \`*report.md\` | \`report\`   | \`${source}\` |

Before it runs: \`npm install\` once, \`policy/import-mapping.json\` as an entry of \`schemas/policy/import-mappings.json\`, signed
by two persons, and \`${table}\` in \`deploy/local/agencies.ts\` for \`npm start\`. Formats, items, codes, environment:
[imports](../../imports/README.md).

## File map

| file           | what                                                         |
| -------------- | ------------------------------------------------------------ |
| \`src/table.ts\` | which formats, which sources                                 |
| \`src/main.ts\`  | the service as a process of its own                          |
| \`policy/\`      | what policy must say of its source                           |
| \`samples/\`     | invented files, and in \`expected.json\` what each is answered |

## Non-obvious

- A changed answer to a sample is a changed contract: \`samples/expected.json\` is read as a diff (\`src/samples.test.ts\`).

## Dependencies

\`@sitebus/imports\` alone: the code of every agency is there, once.
`;
}

function sample({ name, mark, grade }: { name: string; mark: string; grade: string }): string {
  return `---
serial: ${name}-0001
title: A false claim about where to vote
category: INFORMATION_MANIPULATION
dateOfInformation: 2031-10-02T13:00Z
${grade}: B
infoGrade: 2
lang: en
values:
  domains: [mirror-check.example]
details:
  kind: NARRATIVE
---

A page says that a polling place was moved. It was not. ${mark}
`;
}

/** As imports derives it of a report's first version: RFC 9562 §5.5 over format, serial, revision and part. */
function reportId({ name, namespace }: ProducerWish): string {
  const unit = '\u001f';
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(['report', `${name}-0001`, '1', '1'].join(unit))
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
