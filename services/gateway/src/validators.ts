// Validators of the parts of a request, compiled once a process: every view has the same routes.
// Holds: what is checked, converted and answered is what the type provider's own compiler makes of the schema; a schema that
// is the same value is compiled once, and one that nobody has any more is forgotten. Source: README.md#http

import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';

type Route = Parameters<typeof TypeBoxValidatorCompiler>[0];
type Validator = ReturnType<typeof TypeBoxValidatorCompiler>;

/** By the part of a request first: a body is not converted. */
const compiled = new Map<string | undefined, WeakMap<object, Validator>>();

/** For `setValidatorCompiler`. @returns the validator of the schema, the one from before if there was one */
export function validatorOf(route: Route): Validator {
  const schema: object = route.schema;
  const ofPart = compiled.get(route.httpPart) ?? new WeakMap<object, Validator>();
  compiled.set(route.httpPart, ofPart);
  const validator = ofPart.get(schema) ?? TypeBoxValidatorCompiler(route);
  ofPart.set(schema, validator);
  return validator;
}
