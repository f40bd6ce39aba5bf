// Shapes of TAXII's requests and answers, as types, validation and OpenAPI.
// Source: TAXII 2.1 §3–5

import { Type } from 'typebox';
import { query } from '../page.ts';
import { ErrorMessage } from '../taxii/error-message.ts';
import { TAXII_TYPE } from '../taxii/media.ts';

export const DEFAULT_LIMIT = 100;
/** More is cut, not refused. */
export const MAX_LIMIT = 1_000;
/** Most objects of one envelope that is posted. */
export const MAX_POSTED = 10_000;

/** Where TAXII lives, and its collections. */
export const ROOT = '/taxii2/sitebus';
export const COLLECTION = `${ROOT}/collections/:id`;

/** Settings of every TAXII route. */
export const TAXII = { produces: TAXII_TYPE };

/** What every TAXII route says of itself. */
export const taxiiRoute = { tags: ['taxii'], produces: [TAXII_TYPE], querystring: query({}) };
/** Errors are TAXII's on every route. */
export const errorAnswers = { '4xx': ErrorMessage, '5xx': ErrorMessage };

/** Filters and paging. */
export const pages = query({
  'added_after': Type.Optional(Type.String({ maxLength: 40, description: 'Exclusive, RFC 3339.' })),
  'match[id]': Type.Optional(Type.String({ maxLength: 8_000 })),
  'match[type]': Type.Optional(Type.String({ maxLength: 2_000 })),
  'match[version]': Type.Optional(Type.String({ maxLength: 2_000 })),
  'match[spec_version]': Type.Optional(Type.String({ maxLength: 100 })),
  'limit': Type.Optional(Type.Integer({ minimum: 1, description: `Default ${DEFAULT_LIMIT}; above ${MAX_LIMIT} it is cut.` })),
  'next': Type.Optional(Type.String({ maxLength: 400, description: 'Of the page before.' })),
}); // prettier-ignore

export const ofCollection = Type.Object({ id: Type.String() });
export const ofObject = Type.Object({ id: Type.String(), objectId: Type.String() });
export const ofStatus = Type.Object({ statusId: Type.String() });

export const DiscoveryBody = Type.Object({
  title: Type.String(),
  description: Type.String(),
  contact: Type.String(),
  default: Type.String(),
  api_roots: Type.Array(Type.String()),
});
export const ApiRootBody = Type.Object({
  title: Type.String(),
  versions: Type.Array(Type.String()),
  max_content_length: Type.Integer(),
});
export const CollectionBody = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  alias: Type.String(),
  can_read: Type.Boolean(),
  can_write: Type.Boolean(),
  media_types: Type.Array(Type.String()),
});
export const CollectionsBody = Type.Object({ collections: Type.Optional(Type.Array(CollectionBody)) });

const anything = Type.Object({}, { additionalProperties: true });
export const EnvelopeBody = Type.Object({
  more: Type.Optional(Type.Boolean()),
  next: Type.Optional(Type.String()),
  objects: Type.Optional(Type.Array(anything)),
});
export const ManifestBody = Type.Object({
  more: Type.Optional(Type.Boolean()),
  next: Type.Optional(Type.String()),
  objects: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        date_added: Type.String(),
        version: Type.String(),
        media_type: Type.String(),
      }),
    ),
  ),
});
export const VersionsBody = Type.Object({ versions: Type.Optional(Type.Array(Type.String())) });

/** What is posted. Objects are read by the agency's service, not here. */
export const PostedBody = Type.Object(
  { objects: Type.Array(anything, { minItems: 1, maxItems: MAX_POSTED }) },
  { additionalProperties: true },
);

const Details = Type.Array(
  Type.Object({ id: Type.String(), version: Type.String(), message: Type.Optional(Type.String()) }),
);
export const StatusBody = Type.Object({
  id: Type.String(),
  status: Type.Union([Type.Literal('complete'), Type.Literal('pending')]),
  request_timestamp: Type.String(),
  total_count: Type.Integer(),
  success_count: Type.Integer(),
  successes: Type.Optional(Details),
  failure_count: Type.Integer(),
  failures: Type.Optional(Details),
  pending_count: Type.Integer(),
  pendings: Type.Optional(Details),
});
