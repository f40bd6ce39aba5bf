// Where the laws of each machine are drawn. Holds: every file takes its number of runs from `propertyRuns`.
// Source: test/README.md#properties

/** Test files by machine, from the root of the repository. */
export const MACHINES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  'period (P1–P3)': ['services/protocol/src/cases/period.property.test.ts'],
  'case (C1–C10)': [
    'services/protocol/src/cases/case-decisions.property.test.ts',
    'services/protocol/src/cases/case-notices.property.test.ts',
    'services/protocol/src/cases/case-reading.property.test.ts',
    'services/protocol/src/cases/accumulation.test.ts',
  ],
  'brief (C4)': ['services/protocol/src/brief/brief.property.test.ts'],
  'notification (N1–N5)': [
    'services/kit/src/notification.property.test.ts',
    'services/gateway/src/receipts/board.property.test.ts',
  ],
  'receipts, with crashes (N3, N5)': ['services/gateway/src/receipts/receipts.property.test.ts'],
  'observation (O1–O4)': [
    'services/gateway/src/observation-status.property.test.ts',
    'services/fusion/src/engine/observation.property.test.ts',
  ],
  'tearline (T1–T4)': [
    'services/protocol/src/tearline.property.test.ts',
    'services/protocol/src/released-records.property.test.ts',
  ],
  'affected party (A1–A3)': ['services/protocol/src/affected/affected-party.property.test.ts'],
  'situation report (S1–S3)': [
    'services/protocol/src/sitrep/sitrep.property.test.ts',
    'services/protocol/src/sitrep/cut-off.property.test.ts',
  ],
  'advertisement (D1–D4)': [
    'services/imports/src/elections/ad-machine.property.test.ts',
    'services/imports/src/elections/publication-window.test.ts',
  ],
  'identity release (I1–I3)': ['services/protocol/src/identity-release.property.test.ts'],
  'downgrade (G1–G3)': ['services/protocol/src/downgrade.property.test.ts', 'services/protocol/src/below.test.ts'],
  'questions and feedback': [
    'services/protocol/src/rfi/rfi.test.ts',
    'services/protocol/src/feedback/feedback.test.ts',
  ],
  'research (project, data set)': [
    'services/research/src/machine.property.test.ts',
    'services/research/src/k-anonymity.property.test.ts',
    'services/research/src/freeze.property.test.ts',
  ],
  'state-media monitor': ['services/kit/src/monitor/monitor.property.test.ts'],
});
