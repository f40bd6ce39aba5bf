// The document with shared answers against the one it was made of.

import { expect, test } from '@jest/globals';
import { shareResponses } from './openapi-responses.ts';

const gone = { description: 'It is gone.' };
const absent = { description: 'Not there.' };
const hidden = { description: 'Not there, in other words.' };

const document = {
  openapi: '3.1.0',
  paths: {
    '/a': {
      parameters: [{ name: 'x', in: 'query' }],
      get: { summary: 'a', responses: { 200: { description: 'An a.' }, 404: absent, 410: gone } },
      post: { responses: { 404: { ...absent } } },
    },
    '/b': { get: { responses: { 404: hidden, 410: gone } }, put: { responses: { 404: hidden } }, head: {} },
  },
  components: { securitySchemes: { bearer: { type: 'http' } } },
};

/** With every reference to a response replaced by what it refers to. */
function resolved(of: ReturnType<typeof shareResponses<typeof document>>): unknown {
  const { responses } = of.components as unknown as { responses: Record<string, unknown> };
  const whole = JSON.parse(JSON.stringify(of), (_key, value: unknown) => {
    const { $ref } = (value ?? {}) as { $ref?: string };
    return $ref === undefined ? value : responses[$ref.replace('#/components/responses/', '')];
  }) as { components: object };
  const { responses: _shared, ...components } = whole.components as { responses: unknown };
  return { ...whole, components };
}

test('an answer that stands more than once is written once, and the document says the same', () => {
  const shared = shareResponses(document);
  expect(shared.components).toEqual({
    securitySchemes: { bearer: { type: 'http' } },
    responses: { Answer404: absent, Answer410: gone, 'Answer404-2': hidden },
  });
  expect(shared.paths['/a'].get.responses).toEqual({
    200: { description: 'An a.' },
    404: { $ref: '#/components/responses/Answer404' },
    410: { $ref: '#/components/responses/Answer410' },
  });
  expect(resolved(shared)).toEqual(document);
});
