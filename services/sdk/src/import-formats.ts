// The formats in which files are taken in over HTTP, by the terminal tool and by an agency's service: one list for all three.
// Holds: a reader's format is in it (its type says so), so that no agency reads what cannot be sent. Source: README.md#publishing

/** Formats of `POST /v1/imports/{format}`; which of them an agency reads is its own to say. */
export const IMPORT_FORMATS = Object.freeze([
  'misp',
  'stix',
  'influence',
  'posts',
  'accounts',
  'domains',
  'coshare',
  'coverage',
  'debunks',
  'eve',
  'ads',
  'ad-sightings',
  'arrangements',
  'candidates',
  'platform-report',
  'report',
  'tips',
  'catalogue',
] as const);

/** One of them. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** True for the name of a format. */
export function isImportFormat(name: string): name is ImportFormat {
  return (IMPORT_FORMATS as readonly string[]).includes(name);
}
