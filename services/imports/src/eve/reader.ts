// Suricata EVE JSON lines as NetworkDetections: an alert is one, with what the file says elsewhere about its flow.
// Holds: an item is a line; only alerts make observations; lines of one sensor's flow are joined whatever their order; a
// line that cannot be read costs only itself. Source: README.md#eve

import type { Marking } from '@sitebus/marking';
import { contentName } from '../ids.ts';
import { decideMarking, isMarkingRefused, UNMARKED } from '../marking-decision.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport } from '../report.ts';
import { createTally, type ItemEntry } from '../tally.ts';
import { sortedJson, textAt, type JsonObject } from '../untrusted.ts';
import { externalSide, toHomeNets, type HomeNets } from './home-nets.ts';
import { readAlert, type Alert } from './alert.ts';
import { flowName, MAX_VALUES_PER_LIST, readFlows, type FlowFacts, type Flows } from './flow.ts';
import { readLines } from './lines.ts';

const MILDEST = 4; // README.md#eve

/** Reads EVE lines. */
export const eveReader: FormatReader = {
  format: 'eve',
  read(content, context) {
    const tally = createTally();
    const lines = readLines(content).map(({ line, event }) => ({ event, item: tally.item('', line) }));
    const flows = readFlows(
      lines.flatMap(({ event }) => (event === undefined ? [] : [event])),
      context.source,
    );
    const parts = partsOf(context);
    for (const { event, item } of lines) readEvent(event, item, flows, parts, context);
    return tally.reading();
  },
};

/** What every alert of a file shares. */
interface FileParts {
  readonly isHome: HomeNets | undefined;
  readonly marking: ReturnType<typeof decideMarking>;
}

function partsOf(context: ReadingContext): FileParts {
  const nets = context.policy.agencies.find(({ id }) => id === context.agency)?.homeNets;
  return {
    isHome: nets === undefined ? undefined : toHomeNets(nets),
    marking: decideMarking(UNMARKED, context, context.policy, context.nowMs), // an alert has no place for a marking
  };
}

function readEvent(
  event: JsonObject | undefined,
  item: ItemEntry,
  flows: Flows,
  { isHome, marking }: FileParts,
  context: ReadingContext,
): void {
  if (event === undefined) return void item.refuse(notJson);
  if (textAt(event, 'event_type') !== 'alert') return void item.skip(notADetection);
  const alert = readAlert(event, context.source);
  if ('code' in alert) return void item.refuse(alert);
  if (isHome === undefined) return void item.refuse(noHomeNets);
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  const externalIp = externalSide([textAt(event, 'src_ip'), textAt(event, 'dest_ip')], isHome);
  if (externalIp === undefined)
    item.warn('neither or both of its addresses lie in the home networks: none is a feature');
  if (alert.statedSeverity > MILDEST)
    item.warn(`severity ${alert.statedSeverity} is recorded as ${MILDEST}, the mildest`);
  const flow = flows.get(flowName(alert.flow));
  if (flow === undefined) throw new Error('an alert is a line of its own flow');
  if (flow.isCut)
    item.warn(`its flow has more values than one detection holds: ${MAX_VALUES_PER_LIST} of each kind are kept`);
  item.carriedBy(draftOf(event, alert, flow, externalIp, marking, context));
}

function draftOf(
  event: JsonObject,
  alert: Alert,
  flow: FlowFacts,
  externalIp: string | undefined,
  marking: Marking,
  context: ReadingContext,
): ImportDraft {
  const { sensor, flowId } = alert.flow;
  const what = { externalIp: externalIp ?? null, ...flow.values, bytes: flow.octets ?? null };
  return {
    type: 'NetworkDetection',
    native: {
      format: 'eve',
      nativeId: contentName([context.source, sortedJson(event)]),
      revision: contentName([externalIp ?? '', flow.name]), // a later file may know more of the flow
      revisedAtMs: flow.lastMs,
      part: '1',
    },
    fields: {
      report: buildReport(
        {
          title: alert.signature,
          marking,
          facts: [
            { kind: 'portion', text: sentenceOf(alert), lang: 'en' },
            { kind: 'seen', firstMs: alert.atMs, lastMs: alert.atMs },
          ],
        },
        context.mapping,
      ),
      sensor,
      signatureId: alert.signatureId,
      signature: alert.signature,
      signatureCategory: alert.signatureCategory,
      severity: Math.min(alert.statedSeverity, MILDEST),
      action: alert.action,
      ...what,
      flowId,
    },
    marking,
    observedAtMs: alert.atMs,
    sourceGrade: context.mapping.sourceGrade ?? 'F',
    infoGrade: context.mapping.infoGrade ?? 6,
    origin: `eve:${context.agency}/${sensor}/${flowId}`,
  };
}

function sentenceOf({ flow, signature, signatureId, signatureCategory, action }: Alert): string {
  const kind = signatureCategory === '' ? '' : `, ${signatureCategory}`;
  return `Sensor ${flow.sensor} matched rule ${signatureId}, ${signature}${kind}${action === '' ? '' : `: ${action}`}.`;
}

const notJson = {
  code: 'UNREADABLE',
  reason: 'the line is no JSON object',
  fix: 'send the line as the sensor wrote it',
};
const notADetection = {
  code: 'NOT_A_DETECTION',
  reason: 'only an alert is a detection; the line may add to one of its flow',
  fix: 'nothing',
};
const noHomeNets = {
  code: 'NO_HOME_NETS',
  reason: 'policy does not say which networks are the agency’s own',
  fix: 'have homeNets of the agency set',
};
