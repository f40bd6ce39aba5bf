// Answers that operations share, written once in the OpenAPI document and referred to. Holds: pure; the document says the same.
// Source: OpenAPI 3.1 §Components Object; README.md#http

/** What of a document is looked at. */
export interface DocumentWithPaths {
  readonly paths?: Readonly<Record<string, unknown>> | undefined;
  readonly components?: object | undefined;
}

interface Shared {
  readonly name: string;
  readonly response: object;
}

/** @returns the document, each answer that stands in it more than once being a component: most are the refusals of RFC 9457. */
export function shareResponses<D extends DocumentWithPaths>(document: D): D {
  const counts = new Map<string, number>();
  eachResponse(document, (_status, response) => {
    const text = JSON.stringify(response);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return response;
  });
  const shared = new Map<string, Shared>();
  const paths = eachResponse(document, (status, response) => {
    const text = JSON.stringify(response);
    if (counts.get(text) === 1) return response;
    const known = shared.get(text) ?? { name: freeName(status, shared), response };
    shared.set(text, known);
    return { $ref: `#/components/responses/${known.name}` };
  });
  const responses = Object.fromEntries([...shared.values()].map(({ name, response }) => [name, response]));
  return { ...document, paths, components: { ...document.components, responses } };
}

/** `Answer404`, `Answer404-2` …, in the order of the document. */
function freeName(status: string, taken: ReadonlyMap<string, Shared>): string {
  const own = new RegExp(`^Answer${status}(-|$)`);
  const before = [...taken.values()].filter(({ name }) => own.test(name)).length;
  return before === 0 ? `Answer${status}` : `Answer${status}-${before + 1}`;
}

/** @returns the paths with what `change` makes of each answer. */
function eachResponse(
  { paths = {} }: DocumentWithPaths,
  change: (status: string, response: object) => object,
): Record<string, unknown> {
  return mapped(paths, (item) =>
    mapped(item as object, (operation) => {
      const { responses } = operation as { readonly responses?: object };
      if (responses === undefined) return operation;
      return { ...(operation as object), responses: mapped(responses, (response, status) => change(status, response as object)) };
    }),
  );
} // prettier-ignore

function mapped(of: object, change: (value: unknown, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]));
}
