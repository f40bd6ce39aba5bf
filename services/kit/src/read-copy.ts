// What services that keep a copy of slow topics have in common.
// Holds: one figure for all of them, because a reader waits for the slowest. Source: README.md#topics-to-their-ends

/** What a copy may be behind its topics, ms, for the sake of one fetch in place of ten: as much as nobody notices. */
export const COPY_GATHER_MS = 50;
