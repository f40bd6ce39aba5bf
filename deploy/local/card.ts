// The card that a start prints: where everything is, one token a role, how to stop.
// Holds: pure; every count and address comes in, nothing is typed here.

/** What the card says. */
export interface CardFacts {
  readonly version: string;
  readonly readySeconds: number;
  readonly gateway: string;
  readonly admin: string;
  readonly bootstrap: string;
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
}

/** Renders the card as plain text, 100 columns at most but for the tokens. */
export function renderCard(card: CardFacts): string {
  const people = card.people.map((p) => `  ${p.role.padEnd(14)}${p.name.padEnd(22)}${p.homeView.padEnd(11)}${p.token}`);
  return [
    '',
    `sitebus ${card.version} · ready in ${card.readySeconds.toFixed(1)} s`,
    `  API docs  ${card.gateway}/docs`,
    `  stream    ${card.gateway}/v1/alerts/stream`,
    `  health    ${card.admin}/readyz`,
    `  bus       ${card.bootstrap}  SASL_PLAINTEXT SCRAM-SHA-512`,
    `  registry  ${card.registry}`,
    ...card.moved.map((m) => `  port      ${m.wanted} is taken by ${m.holder}; ${m.got} is used instead`),
    '',
    `  ${'role'.padEnd(14)}${'person'.padEnd(22)}${'home view'.padEnd(11)}token (Authorization: Bearer …)`,
    ...people,
    '',
    ...card.notes.map((note) => `  note      ${note}`),
    '  try       npx sitebus tail alerts --as analyst',
    '  card      npx sitebus card      stop  Ctrl-C      wipe  npm start -- --fresh',
    '  One broker on loopback without TLS: for trying and testing, never for real information.',
    '',
  ].join('\n');
}
