// JSON nested without end, at a place where each format looks: whoever drops such a file must not end the agency's process.

import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { eveReader } from './eve/reader.ts';
import { influenceReader } from './gac/influence.ts';
import { postsReader } from './gac/posts.ts';
import { mispReader } from './misp/reader.ts';
import { platformReportReader } from './partners/platform-report.ts';
import type { FormatReader } from './reading.ts';
import { reportReader } from './report/reader.ts';
import { stixReader } from './stix/reader.ts';
import { aReadingContext, createImportBench } from './testing/index.ts';
import { tipsReader } from './tips/reader.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

const DOMAIN = 'domain-name--00000000-0000-4000-8000-000000000002';
const FILES: readonly [FormatReader, string, string, unknown][] = [
  [
    influenceReader,
    'gac',
    'gac-influence',
    { serial: 's', title: 't', kind: 'CONTENT', observedAt: '2031-09-01T10:00:00Z', texts: 'DEEP' },
  ],
  [
    postsReader,
    'gac',
    'gac-posts',
    [
      {
        platform: 'chirrup',
        account: 'a',
        post_id: '1',
        posted_at: '2031-09-01T10:00:00Z',
        collected_at: '2031-09-01T11:00:00Z',
        lang: 'en',
        text: 'x',
        url: 'https://one.example/a',
        hashtags: 'DEEP',
      },
    ],
  ],
  [
    mispReader,
    'cse',
    'cse-misp',
    {
      Event: {
        uuid: '5d2f3b0e-1111-4222-8333-444455556666',
        info: 'x',
        date: '2031-09-19',
        timestamp: '1',
        Tag: [{ name: 'tlp:green' }],
        Attribute: [{ type: 'domain', category: 'Network activity', value: 'one.example', to_ids: true, x: 'DEEP' }],
        Object: 'DEEP',
      },
    },
  ],
  [
    stixReader,
    'cse',
    'cse-stix',
    {
      type: 'bundle',
      objects: [
        {
          type: 'report',
          id: 'report--00000000-0000-4000-8000-000000000001',
          name: 'x',
          object_refs: [DOMAIN],
          x: 'DEEP',
        },
        { type: 'domain-name', id: DOMAIN, value: 'one.example', x: 'DEEP' },
      ],
    },
  ],
  [
    eveReader,
    'cse',
    'cse-eve',
    {
      event_type: 'alert',
      timestamp: '2031-09-19T08:12:01+0000',
      flow_id: 1,
      src_ip: '203.0.113.44',
      alert: { signature_id: 1, signature: 'x', severity: 1 },
      dns: { queries: 'DEEP' },
    },
  ],
  [reportReader, 'csis', 'csis-reports', { serial: 's', values: 'DEEP' }],
  [tipsReader, 'rcmp', 'rcmp-tips', { serial: 's', urls: 'DEEP' }],
  [
    platformReportReader,
    'gac',
    'gac-influence', // any mapping will do
    { caseNumber: '1', kind: 'ADVISORY', text: 'x', accounts: 'DEEP' },
  ],
];
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test.each(FILES.map(([reader, ...rest]) => [reader.format, reader, ...rest] as const))(
  'a file of %s that is nested without end is answered',
  (_format, reader, agency, source, file) => {
    const context = aReadingContext(policy, { agency, source, format: reader.format });
    for (const depth of [64, 100_000]) {
      const content = Buffer.from(JSON.stringify(file).replaceAll('"DEEP"', nested(depth)));
      expect(reader.read(content, context).fates.length).toBeGreaterThan(0);
      reader.toKeep?.(content, {});
    }
  },
);
