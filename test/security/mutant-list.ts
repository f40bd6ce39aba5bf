// The defences that rows of the security suite stand for, each with an edit that takes it away.
// Holds: `before` stands exactly once in its file, or the list is out of date and the run says so.

/** One edit, and the test of its row that must notice. */
export interface Mutant {
  readonly row: number;
  /** What is taken away, as a sentence. */
  readonly defence: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** `unit`: a test beside the source, in seconds. `security`: the row on a running whole, with a broker of its own. */
  readonly level: 'unit' | 'security';
  /** File of the test, as a pattern. */
  readonly tests: string;
  /** Name of the test, as a pattern; default: all of the file. */
  readonly name?: string;
}

/** Cheapest first. */
export const MUTANTS: readonly Mutant[] = [
  {
    row: 2,
    defence: 'two disjoint release lists join to nobody',
    file: 'services/marking/src/join.ts',
    before: '  return intersection(a, b);',
    after: '  return intersection(a, b).length > 0 ? intersection(a, b) : a;',
    level: 'security',
    tests: 'rows-02-07',
  },
  {
    row: 3,
    defence: 'every nation behind a channel must be releasable',
    file: 'services/marking/src/dominates.ts',
    before: "(relTo === 'ALL' || isSubset(nations, relTo))",
    after: "(relTo === 'ALL' || intersects(nations, relTo))",
    level: 'security',
    tests: 'rows-01-03',
  },
  {
    row: 3,
    defence: 'every any-of set of need-to-know is met',
    file: 'services/marking/src/dominates.ts',
    before: 'if (!intersects(demands[at]!, groups)) return false;',
    after: 'if (intersects(demands[at]!, groups)) return true;',
    level: 'security',
    tests: 'rows-01-03',
  },
  {
    row: 13,
    defence: 'each record is compared with the clearance of its reader',
    file: 'services/gateway/src/release.ts',
    before: 'mayEnter && dominates(clearance, marking, nowMs)',
    after: 'mayEnter || dominates(clearance, marking, nowMs)',
    level: 'unit',
    tests: 'gateway/src/hidden.test',
  },
  {
    row: 16,
    defence: 'a route is for the roles of the access table',
    file: 'services/gateway/src/access.ts',
    before: 'if (!hasRole || !hasRoute)',
    after: 'if (!hasRoute)',
    level: 'unit',
    tests: 'gateway/src/access.test',
  },
  {
    row: 16,
    defence: 'a route that the access table lacks cannot be added',
    file: 'services/gateway/src/route-table.ts',
    before: 'if (!(`${method} ${route.url}` in ACCESS))',
    after: 'if (!(`${method} ${route.url}` in ACCESS) && method === "TRACE")',
    level: 'unit',
    tests: 'gateway/src/access.test',
    name: 'one outside it cannot',
  },
  {
    row: 17,
    defence: 'whether an id was known before is not told',
    file: 'services/gateway/src/routes/bulk.ts',
    before: '  return { ...rest, line };',
    after: '  return { ...rest, ...(_known === undefined ? {} : { known: _known }), line };',
    level: 'unit',
    tests: 'gateway/src/routes/publishing.test',
  },
  {
    row: 20,
    defence: 'an update supersedes under the same marking alone',
    file: 'services/gateway/src/read-model/held-observations.ts',
    before: '.filter(({ marking }) => isSameMarking(marking, entry.marking)),',
    after: '.filter(({ marking }) => isSameMarking(marking, marking)),',
    level: 'unit',
    tests: 'gateway/src/read-model/held-observations.test',
  },
  {
    row: 21,
    defence: 'a token is of the type that access tokens have',
    file: 'services/gateway/src/tokens.ts',
    before: "        typ: 'at+jwt',\n",
    after: '',
    level: 'unit',
    tests: 'gateway/src/tokens.test',
  },
  {
    row: 21,
    defence: 'a token for several audiences is refused',
    file: 'services/gateway/src/tokens.ts',
    before: 'payload.aud !== AUDIENCE',
    after: 'payload.aud === undefined',
    level: 'unit',
    tests: 'gateway/src/tokens.test',
  },
  {
    row: 22,
    defence: 'a copy of the registry answers for two seconds after its last heartbeat',
    file: 'services/gateway/src/registry/reader.ts',
    before: 'Math.abs(clock.now() - beat.at) > LEASE_MS',
    after: 'Math.abs(clock.now() - beat.at) > LEASE_MS * 1_000',
    level: 'unit',
    tests: 'gateway/src/registry/registry.test',
  },
  {
    row: 22,
    defence: 'a copy that lacks rows answers nobody',
    file: 'services/gateway/src/registry/reader.ts',
    before: "copy.wasComplete() ? 'fresh' : 'partial'",
    after: "copy.wasComplete() || beat.rows > 0 ? 'fresh' : 'partial'",
    level: 'unit',
    tests: 'gateway/src/registry/registry.test',
  },
  {
    row: 23,
    defence: 'a claim is met with the clearance, so that a wider one changes nothing',
    file: 'services/gateway/src/subject.ts',
    before: 'meet(clearance, { ...clearance, ...narrow })',
    after: '({ ...clearance, ...narrow })',
    level: 'unit',
    tests: 'gateway/src/tokens.test',
    name: 'wider one changes nothing',
  },
  {
    row: 25,
    defence: 'a stream ends where its epoch does',
    file: 'services/gateway/src/stream-tail.ts',
    before: 'now.epoch === subject.epoch && now.mayEnter',
    after: 'now.mayEnter || now.epoch === subject.epoch',
    level: 'unit',
    tests: 'gateway/src/stream.test',
  },
  {
    row: 26,
    defence: 'headers may not say otherwise than the envelope',
    file: 'services/kit/src/admission.ts',
    before: "if (!headersAgree(record.headers, read.subject, envelope)) return 'HEADER_MISMATCH';",
    after: '',
    level: 'unit',
    tests: 'kit/src/admission.test',
  },
  {
    row: 26,
    defence: 'a record lies in the cell of its marking',
    file: 'services/kit/src/admission.ts',
    before: "if (cell !== origin.cell) return 'WRONG_CELL';",
    after: "if (cell === undefined) return 'WRONG_CELL';",
    level: 'unit',
    tests: 'kit/src/admission.test',
  },
  {
    row: 29,
    defence: 'a cursor is bound to its reader, view and list',
    file: 'services/gateway/src/cursor.ts',
    before: 'JSON.stringify([person, view, resource])',
    after: 'JSON.stringify([typeof person, typeof view, typeof resource])',
    level: 'unit',
    tests: 'gateway/src/cursor.test',
  },
  {
    row: 18,
    defence: 'a record protects its paragraphs',
    file: 'services/kit/src/admission.ts',
    before: 'if (portions !== undefined) return portions;',
    after: '',
    level: 'security',
    tests: 'rows-18-29',
    name: 'row 26',
  },
  {
    row: 15,
    defence: 'superseding and recalling reach records of the same agency alone',
    file: 'services/fusion/src/engine/records/liveness.ts',
    before: '      agency[from] === agency[to] &&\n',
    after: '',
    level: 'security',
    tests: 'rows-14-23',
    name: 'row 15',
  },
];
