// What a caller sent, checked again by the room: a gateway is believed about nothing.

import type { Marking } from '@sitebus/marking';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { Asker } from './asker.ts';

const compiled = new WeakMap<TSchema, Validator>();

/** @returns the arguments; rejects with COMMAND_REFUSED INVALID_REQUEST, a pointer each fault. */
export async function checked<A>(
  schema: TSchema,
  args: unknown,
  asker: Asker,
  id: string,
  marking: Marking,
): Promise<A> {
  const validator = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, validator);
  if (validator.Check(args)) return args as A;
  const faults = validator
    .Errors(args)
    .slice(0, 20)
    .map(({ instancePath, keyword, message }) => ({
      pointer: instancePath,
      code: keyword.replace(/([A-Z])/g, '_$1').toUpperCase(),
      detail: message,
    }));
  return asker.refuse({ refused: 'INVALID_REQUEST', possible: [], faults }, id, marking);
}
