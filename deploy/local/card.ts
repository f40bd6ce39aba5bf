// The card that a start prints: where everything is, one token a role, how to stop.
// Holds: pure; every count and address comes in, nothing is typed here.

/** What the card says. */
export interface CardFacts {
  readonly version: string;
  readonly readySeconds: number;
  readonly gateway: string;
  readonly admin: string;
  readonly bootstrap: string;
  /** Default false: the broker of the stack is on loopback. */
  readonly isBusOverTls?: boolean;
  readonly registry: string;
  /** One row a person, in the order they are printed. */
  readonly people: readonly {
    readonly role: string;
    readonly name: string;
    readonly homeView: string;
    readonly token: string;
  }[];
  /** Ports that were taken by somebody else, each with what was taken instead. */
  readonly moved: readonly { readonly wanted: number; readonly holder: string; readonly got: number }[];
  readonly notes: readonly string[];
  /** What is typed to reach the command line, to stop and to wipe: `npm start`'s words unless told. */
  readonly commands?: { readonly sitebus: string; readonly stop: string; readonly wipe: string };
}

const OF_A_CHECKOUT = { sitebus: 'npx sitebus', stop: 'Ctrl-C', wipe: 'npm start -- --fresh' };

/** Renders the card as plain text; each column is as wide as its widest cell. */
export function renderCard(card: CardFacts): string {
  const rows = [
    ['role', 'person', 'home view', 'token (Authorization: Bearer …)'],
    ...card.people.map((p) => [p.role, p.name, p.homeView, p.token]),
  ];
  const widths = [0, 1, 2].map((column) => 2 + Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const { sitebus, stop, wipe } = card.commands ?? OF_A_CHECKOUT;
  const isBusOverTls = card.isBusOverTls ?? false;
  return [
    '',
    `sitebus ${card.version} · ready in ${card.readySeconds.toFixed(1)} s`,
    `  API docs  ${card.gateway}/docs`,
    `  topics    ${card.gateway}/asyncapi`,
    `  TAXII     ${card.gateway}/taxii2/`,
    `  stream    ${card.gateway}/v1/alerts/stream`,
    `  health    ${card.admin}/readyz`,
    `  bus       ${card.bootstrap}  ${isBusOverTls ? 'SASL_SSL' : 'SASL_PLAINTEXT'} SCRAM-SHA-512`,
    `  registry  ${card.registry}`,
    ...card.moved.map((m) => `  port      ${m.wanted} is taken by ${m.holder}; ${m.got} is used instead`),
    '',
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')}`),
    '',
    ...card.notes.map((note) => `  note      ${note}`),
    `  try       ${sitebus} tail alerts --as analyst`,
    `  card      ${sitebus} card`,
    `  stop      ${stop}      wipe  ${wipe}`,
    ...(isBusOverTls ? [] : ['  One broker without TLS: for trying and testing, never for real information.']),
    '',
  ].join('\n');
}
