// Where the agencies' services are, from the file that SITEBUS_INTAKES_FILE names: one entry a service.
// Holds: tenants are reached at the service that writes for all of them; a file that is not of this form refuses the start, and what
// it says is not repeated, for it holds credentials. Source: README.md#intake-over-http

import { readFileSync } from 'node:fs';
import { writerOf } from '@sitebus/sdk';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidConfig } from './errors.ts';
import type { AgencyIntake } from './intake.ts';
import { createIntakeClient } from './intake-client.ts';

/** One agency's service. */
const Entry = Type.Object(
  {
    /** `partners`: of every partner tenant. */
    agency: Type.String({ minLength: 1 }),
    url: Type.String({ pattern: '^https?://' }),
    credential: Type.String({ minLength: 32 }),
  },
  { additionalProperties: false },
);
const check = Compile(Type.Array(Entry));

/** @returns the service of an agency or tenant, where the file has one. @throws INVALID_CONFIG (not retriable) with each fault's place */
export function readIntakes(file: string): (agency: string) => AgencyIntake | undefined {
  const entries = parsed(file);
  if (!check.Check(entries)) {
    const places = check.Errors(entries).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
    throw unusable(`${file}: ${[...new Set(places)].join('; ')}`);
  }
  const services = new Map(entries.map((entry) => [entry.agency, createIntakeClient(entry)]));
  return (agency) => services.get(writerOf(agency));
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw unusable(`${file} cannot be read`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(`${file} is not JSON`);
  }
}

const unusable = (reason: string): Error => invalidConfig({ faults: [{ name: 'SITEBUS_INTAKES_FILE', reason }] });
