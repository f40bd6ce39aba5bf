// obs.<cell>.<agency> → assess, alert, lane; dead and ops for what is refused.
// Holds: pure but for the engine state it is handed and hands back. A cut in, everything it commits out; the lane commits
// all of it or nothing. Source: README.md#lane

import { hash } from 'node:crypto';
import {
  alertTopic,
  assessTopic,
  deadTopic,
  fromObsTopic,
  laneTopic,
  opsTopic,
  toCloudEventHeaders,
  viewSource,
  type Alert,
  type Assessment,
  type BusRecord,
  type Codec,
  type Cut,
  type OutgoingRecord,
} from '@sitebus/sdk';
import { admission, type AdmissionParts } from '../admission.ts';
import { toCut, type CutDraft, type Versions } from '../cut.ts';
import { step, type Changes } from '../engine/step.ts';
import type { EngineState } from '../engine/state.ts';
import { refuserOf } from '../refuser.ts';

/** What a cut does. */
export interface CutResult {
  readonly state: EngineState;
  readonly changes: Changes;
  readonly refused: readonly Refused[];
}

/** A record that every reader skips. */
export interface Refused {
  readonly record: BusRecord;
  readonly code: string;
}

/** Applies a cut to the state; @returns what it changed. The state given must not be used again. */
export function applyCut(
  state: EngineState,
  { now, records }: Pick<CutDraft, 'now' | 'records'>,
  parts: AdmissionParts,
): CutResult {
  const observations = [];
  const refused: Refused[] = [];
  for (const record of records) {
    const outcome = admission(record, parts, now);
    if (outcome.kind === 'observation') observations.push(outcome.observation);
    else if (outcome.kind === 'refused') refused.push({ record, code: outcome.code });
  }
  return { ...step(state, { now, observations }), refused };
}

/** The records of one transaction, the cut's own last. */
export function toOutgoing(
  draft: CutDraft,
  { changes, refused }: CutResult,
  by: string,
  parts: AdmissionParts,
  versions: Versions,
): OutgoingRecord[] {
  const { view, codec, policy } = parts;
  const mine = refused.filter(({ record }) => {
    const cell = fromObsTopic(record.topic)?.cell;
    return cell !== undefined && refuserOf(cell, policy)?.id === view.id;
  });
  return [
    ...changes.assessments.map((assessment) => fromAssessment(codec, assessment, draft.now)),
    ...changes.alerts.map((alert) => fromAlert(codec, alert, draft.now)),
    ...mine.flatMap((each) => fromRefused(each, view.id, draft.now)),
    fromCut(codec, toCut(view.id, by, draft, changes, versions)),
  ];
}

/** A cut as its record. */
export function fromCut(codec: Codec, cut: Cut): OutgoingRecord {
  return {
    topic: laneTopic(cut.view),
    key: cut.view,
    value: codec.encode('ca.sitebus.fusion.Cut', cut),
    headers: headersOf('Cut', `${cut.view}/${cut.by}/${cut.seq}`, cut.view, cut.now),
  };
}

/** Something operators should know, on `ops.<view>`; `details` name places and codes, never values of records. */
export function toNotice(
  view: string,
  at: number,
  code: string,
  details: Readonly<Record<string, unknown>>,
): OutgoingRecord {
  return {
    topic: opsTopic(view),
    key: view,
    value: Buffer.from(JSON.stringify({ view, at, code, ...details })),
    headers: JSON_HEADERS,
  };
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });

function fromAssessment(codec: Codec, assessment: Assessment, now: number): OutgoingRecord {
  return {
    topic: assessTopic(assessment.view),
    key: assessment.id,
    value: codec.encode('ca.sitebus.fusion.Assessment', assessment),
    headers: headersOf('Assessment', `${assessment.id}/${assessment.version}`, assessment.view, now),
  };
}

function fromAlert(codec: Codec, alert: Alert, now: number): OutgoingRecord {
  return {
    topic: alertTopic(alert.view),
    key: alert.assessmentId,
    value: codec.encode('ca.sitebus.fusion.Alert', alert),
    headers: headersOf('Alert', alert.id, alert.view, now),
  };
}

/** Coordinates, hash and code: never the bytes, whose marking nobody has established. */
function fromRefused({ record, code }: Refused, view: string, at: number): OutgoingRecord[] {
  const { topic, partition, offset, value } = record;
  const place = { topic, partition, offset: String(offset) };
  const from = fromObsTopic(topic)!;
  const sha256 = hash('sha256', value ?? Buffer.alloc(0), 'hex');
  return [
    {
      topic: deadTopic(from.cell, from.writer),
      key: `${topic}/${partition}/${offset}`,
      value: Buffer.from(JSON.stringify({ ...place, sha256, code, at })),
      headers: JSON_HEADERS,
    },
    toNotice(view, at, code, { ...place, agency: from.writer }),
  ];
}

function headersOf(type: string, id: string, view: string, timeMs: number): Record<string, string> {
  return toCloudEventHeaders({ id, source: viewSource(view), type: `ca.sitebus.fusion.${type}`, timeMs });
}
