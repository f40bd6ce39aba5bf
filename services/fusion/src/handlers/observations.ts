// obs.<cell>.<agency> → assess, alert, lane; dead and ops for what is refused.
// Holds: pure but for the engine state it is handed and hands back. A cut in, everything it commits out; the lane commits
// all of it or nothing. Source: README.md#lane

import {
  refuserOf,
  SPILLS_HEADER,
  toDeadLetter,
  toOpsNotice,
  toQuarantineNotice,
  type Quarantined,
} from '@sitebus/kit';
import {
  alertTopic,
  assessTopic,
  fromObsTopic,
  laneTopic,
  toCloudEventHeaders,
  viewSource,
  type Alert,
  type Codec,
  type Cut,
  type OutgoingRecord,
  type TrustedEncoder,
  type TrustedForm,
  type View,
} from '@sitebus/sdk';
import { mayRead, type AdmissionParts } from '../admission.ts';
import type { BatchSlice } from '../admitted-batch.ts';
import { toCut, type CutDraft, type Versions } from '../cut.ts';
import type { PackedObservations, PackedSlice } from '../engine/packed-observations.ts';
import { LONE_HOLES, LoneContent } from '../engine/publishing/lone.ts';
import { SpentContent, toAssessment, type KeepContent, type Product } from '../engine/publishing/product.ts';
import { stepPacked, type Changes } from '../engine/step.ts';
import type { EngineState } from '../engine/state.ts';

/** What a cut does. */
export interface CutResult {
  readonly state: EngineState;
  readonly changes: Changes;
  readonly refused: readonly Quarantined[];
}

/** Applies a cut to the state; @returns what it changed. The state given must not be used again. */
export function applyCut(
  state: EngineState,
  { now, slices }: Pick<CutDraft, 'now' | 'slices'>,
  { view }: Pick<AdmissionParts, 'view'>,
  keep?: KeepContent,
): CutResult {
  const stepped = stepPacked(state, { now, slices: toPackedSlices(slices, view, now) }, keep);
  return { ...stepped, refused: slices.flatMap(refusedIn) };
}

/** Clearances may end: what may be read is decided by the cut's own time, once for a batch that several slices are of. */
function toPackedSlices(slices: readonly BatchSlice[], view: View, now: number): PackedSlice[] {
  const known = new Map<PackedObservations, Uint8Array>();
  return slices.map(({ batch: { packed }, from, to }) => {
    let readable = known.get(packed);
    if (readable === undefined) {
      readable = Uint8Array.from(packed.markings, (marking) => (mayRead(view, marking, now) ? 1 : 0));
      known.set(packed, readable);
    }
    return { packed, from, to, readable };
  });
}

function refusedIn({ batch: { refused }, from, to }: BatchSlice): Quarantined[] {
  return refused.filter(({ place }) => place >= from && place < to).map(({ quarantined }) => quarantined);
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
  const mine = refused.filter(
    ({ topic }) => refuserOf(fromObsTopic(topic)?.cell ?? '', policy.views, policy.cells) === view.id,
  );
  const skipped = versions.spills === '' ? {} : { [SPILLS_HEADER]: versions.spills };
  const assessmentHeaders = { ...headersOf('Assessment', view.id, draft.now), ...skipped };
  const alertHeaders = { ...headersOf('Alert', view.id, draft.now), ...skipped };
  const encode = encodersOf(codec);
  return [
    ...changes.products.map((product) => fromProduct(encode, view.id, product, assessmentHeaders)),
    ...changes.alerts.map((alert) => fromAlert(encode, alert, alertHeaders)),
    ...mine.flatMap((each) => [toDeadLetter(each, draft.now), toQuarantineNotice(each, view.id, draft.now)]),
    ...changes.notices.map(({ code, ...details }) => toOpsNotice(view.id, draft.now, code, details)),
    fromCut(codec, toCut(view.id, by, draft, changes, versions)),
  ];
}

/** A cut as its record. */
export function fromCut(codec: Codec, cut: Cut): OutgoingRecord {
  return {
    topic: laneTopic(cut.view),
    key: cut.view,
    value: codec.encode('ca.sitebus.fusion.Cut', cut),
    headers: { ...headersOf('Cut', cut.view, cut.now), ce_id: `${cut.view}/${cut.by}/${cut.seq}` },
  };
}

/** Keeps the bytes that `toOutgoing` sends: for a cut whose outputs will be committed. */
export function keepWritten(codec: Codec): KeepContent {
  const encode = encodersOf(codec);
  return (product) => new WrittenContent(encode.assessment(product));
}

/** A product's record as it goes out. */
class WrittenContent extends SpentContent {
  readonly value: Buffer;

  constructor(value: Buffer) {
    super();
    this.value = value;
  }
}

/** What the engine has built is of its types; nothing from outside comes this way. */
interface Encoders {
  readonly alert: TrustedEncoder;
  assessment(product: Product): Buffer;
}

const encoders = new WeakMap<Codec, Encoders>();

function encodersOf(codec: Codec): Encoders {
  let known = encoders.get(codec);
  if (known === undefined) {
    known = { assessment: assessmentEncoderOf(codec), alert: codec.trustedEncoder('ca.sitebus.fusion.Alert') };
    encoders.set(codec, known);
  }
  return known;
}

/** What was cast in a mould is filled into the form of that mould; an id that parted from another is not of its form. */
function assessmentEncoderOf(codec: Codec): Encoders['assessment'] {
  const encode = codec.trustedEncoder(ASSESSMENT);
  const forms = new WeakMap<object, TrustedForm>();
  return (product) => {
    const { content } = product;
    if (!(content instanceof LoneContent) || product.splitFrom !== null) return encode(toAssessment(product));
    let form = forms.get(content.like);
    if (form === undefined) forms.set(content.like, (form = codec.trustedForm(ASSESSMENT, content.like, LONE_HOLES)));
    return form.fill(content.valuesOf(product));
  };
}

const ASSESSMENT = 'ca.sitebus.fusion.Assessment';

function fromProduct(
  encode: Encoders,
  view: string,
  product: Product,
  headers: Record<string, string>,
): OutgoingRecord {
  const { id, version, content } = product;
  return {
    topic: assessTopic(view),
    key: id,
    value: content instanceof WrittenContent ? content.value : encode.assessment(product),
    headers: { ...headers, ce_id: `${id}/${version}` },
  };
}

function fromAlert(encode: Encoders, alert: Alert, headers: Record<string, string>): OutgoingRecord {
  return {
    topic: alertTopic(alert.view),
    key: alert.assessmentId,
    value: encode.alert(alert),
    headers: { ...headers, ce_id: alert.id },
  };
}

/** Headers but for the id; the time is made into text once a cut. */
function headersOf(type: string, view: string, timeMs: number): Record<string, string> {
  return toCloudEventHeaders({ id: '', source: viewSource(view), type: `ca.sitebus.fusion.${type}`, timeMs });
}
