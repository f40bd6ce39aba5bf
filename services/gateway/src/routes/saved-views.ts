// POST GET PUT DELETE /v1/saved-views[/{id}]
// Holds: a person's own, and what their agency shares; an address leads nowhere but into this origin.
// Source: README.md#subscriptions

import { Type } from 'typebox';
import { invalidBody } from '../errors.ts';
import type { Routes } from '../parts.ts';
import { addItemRoutes } from './desk-items.ts';

const ROOM = 200;
const SHARED = Type.Unsafe<'none' | 'agency'>({ type: 'string', enum: ['none', 'agency'] });

/** Routes of saved views. */
export const savedViewRoutes: Routes = async (app, parts) => {
  addItemRoutes(app, parts, {
    kind: 'saved-view',
    path: '/v1/saved-views',
    input: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 200 }),
        url: Type.String({
          minLength: 1,
          maxLength: 2_000,
          description: 'A path of this origin, from its first slash.',
        }),
        shared: SHARED,
      },
      { additionalProperties: false },
    ),
    shown: { name: Type.String(), url: Type.String(), shared: SHARED },
    room: ROOM,
    bodyOf: (input) => {
      if (isPathOfHere(String(input['url']))) return input;
      throw invalidBody({ errors: [{ pointer: '/url', code: 'NOT_A_PATH', detail: 'not a path of this origin' }] });
    },
    isShared: ({ shared }) => shared === 'agency',
  });
};

/** As a browser reads it: `//host`, `/\host` and control characters lead elsewhere. */
function isPathOfHere(url: string): boolean {
  const here = 'http://here.invalid';
  return url.startsWith('/') && URL.canParse(url, here) && new URL(url, here).origin === here;
}
