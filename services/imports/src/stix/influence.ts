// Narratives, channels, events and media of the OpenCTI flavour as InfluenceActivities.
// Holds: pure; at most 40 channels an observation; a channel marked above its narrative gets parts of its own, so that it
// raises nothing; a placeholder that is no address is context. Source: OpenCTI STIX extensions; README.md#opencti

import { isSameMarking, join, type Marking } from '@sitebus/marking';
import { normalise, refang } from '@sitebus/sdk';
import { contentName } from '../ids.ts';
import type { IndicatorSource, MarkedFact } from '../indicator-parts.ts';
import { toInstantMs } from '../instants.ts';
import type { ImportDraft } from '../reading.ts';
import { buildReport, distinct } from '../report.ts';
import { objectAt, textAt, textsAt, toFlag } from '../untrusted.ts';
import { toChannel, toFieldValue, type FieldValue } from '../values.ts';
import type { StixEdge, StixNode } from './graph.ts';
import { nameOf, OBSERVATION_EXTENSION, operationOf } from './group-source.ts';
import type { StixGroup } from './groups.ts';
import { accountOf } from './object-values.ts';

const MAX_CHANNELS_PER_PART = 40; // README.md#opencti
const ATTACHING = ['publishes', 'amplifies', 'uses', 'authored-by'];
export const INFLUENCE_TYPES: readonly string[] = ['narrative', 'channel', 'event', 'media-content'];

/** One observation's material: what it is about, and what hangs on it. */
interface Piece {
  readonly about: StixNode;
  readonly kind: 'NARRATIVE' | 'CHANNEL' | 'CONTENT' | 'EVENT';
  readonly attached: readonly StixNode[];
  readonly edges: readonly StixEdge[];
}

export interface Influence {
  readonly drafts: readonly ImportDraft[];
  /** Relations that travel in one of the drafts, and need no other place. */
  readonly attached: ReadonlySet<StixEdge>;
}

/** Makes the group's InfluenceActivities and tells every object and relation in them. */
export function influenceDrafts(group: StixGroup, source: IndicatorSource, facts: readonly MarkedFact[]): Influence {
  const pieces = piecesOf(group);
  const drafts = pieces.flatMap((piece) =>
    chainsOf(piece, source).flatMap((chain) => draftsOf(piece, chain, group, source, facts)),
  );
  return { drafts, attached: new Set(pieces.flatMap(({ edges }) => edges)) };
}

function piecesOf({ members, edges }: StixGroup): Piece[] {
  const neighbours = neighboursOf(edges.filter(({ kind }) => ATTACHING.includes(kind)));
  const amplifies = amplified(edges);
  const narratives = members
    .filter(({ type }) => type === 'narrative')
    .map((node) =>
      withAmplified(pieceOf(node, 'NARRATIVE', neighbours, ['channel', 'media-content', 'user-account']), amplifies),
    );
  const held = new Set(narratives.flatMap(({ attached }) => attached));
  const channels = members
    .filter((node) => node.type === 'channel' && !held.has(node))
    .map((node) => pieceOf(node, 'CHANNEL', amplifies, ['channel']));
  const published = members
    .filter((node) => node.type === 'media-content' && !held.has(node))
    .map((node) => pieceOf(node, 'CONTENT', neighbours, ['channel', 'user-account']));
  const events = members.filter(({ type }) => type === 'event').map((node) => pieceOf(node, 'EVENT', new Map(), []));
  return [...narratives, ...channels, ...published, ...events];
}

/** What a narrative's channels amplify carries the narrative too. */
function withAmplified(piece: Piece, amplifies: Neighbours): Piece {
  const attached = new Set(piece.attached);
  const edges = new Set(piece.edges);
  for (const channel of attached) {
    for (const { node, edge } of amplifies.get(channel) ?? []) {
      if (node.type !== 'channel') continue;
      attached.add(node); // a Set yields what is added while it is walked
      edges.add(edge);
    }
  }
  return { ...piece, attached: distinctNodes([...attached]), edges: [...edges] };
}

type Neighbours = ReadonlyMap<StixNode, readonly { readonly node: StixNode; readonly edge: StixEdge }[]>;

function neighboursOf(edges: readonly StixEdge[]): Neighbours {
  const found = new Map<StixNode, { node: StixNode; edge: StixEdge }[]>();
  const add = (from: StixNode, node: StixNode, edge: StixEdge): void => {
    const list = found.get(from);
    if (list === undefined) found.set(from, [{ node, edge }]);
    else list.push({ node, edge });
  };
  for (const edge of edges) {
    add(edge.source, edge.target, edge);
    add(edge.target, edge.source, edge);
  }
  return found;
}

/** Only what a channel itself amplifies: what amplifies it has an observation of its own. */
function amplified(edges: readonly StixEdge[]): Neighbours {
  const found = new Map<StixNode, { node: StixNode; edge: StixEdge }[]>();
  for (const edge of edges) {
    if (edge.kind !== 'amplifies') continue;
    found.set(edge.source, [...(found.get(edge.source) ?? []), { node: edge.target, edge }]);
  }
  return found;
}

function pieceOf(about: StixNode, kind: Piece['kind'], neighbours: Neighbours, types: readonly string[]): Piece {
  const near = (neighbours.get(about) ?? []).filter(({ node }) => types.includes(node.type) && node !== about);
  return { about, kind, attached: distinctNodes(near.map(({ node }) => node)), edges: near.map(({ edge }) => edge) };
}

interface Chain {
  readonly marking: Marking;
  readonly attached: readonly StixNode[];
  readonly edges: readonly StixEdge[];
}

/** What hangs on a piece, divided by marking; the piece's own marking first, and always there. */
function chainsOf(piece: Piece, source: IndicatorSource): Chain[] {
  const own = join(source.marking, piece.about.marking);
  const markingOf = (node: StixNode): Marking => {
    const edges = piece.edges.filter((edge) => edge.source === node || edge.target === node);
    return edges.reduce((marking, edge) => join(marking, edge.node.marking), join(own, node.marking));
  };
  const marked = piece.attached.map((node) => ({ node, marking: markingOf(node) }));
  const markings = [
    own,
    ...distinct(marked.map(({ marking }) => marking)).filter((marking) => !isSameMarking(marking, own)),
  ];
  return markings.map((marking) => {
    const attached = marked.filter((each) => isSameMarking(each.marking, marking)).map(({ node }) => node);
    return {
      marking,
      attached,
      edges: piece.edges.filter((edge) => attached.includes(edge.source) || attached.includes(edge.target)),
    };
  });
}

function draftsOf(
  piece: Piece,
  chain: Chain,
  group: StixGroup,
  source: IndicatorSource,
  facts: readonly MarkedFact[],
): ImportDraft[] {
  const parts = Math.max(1, Math.ceil(chain.attached.length / MAX_CHANNELS_PER_PART));
  const said = facts.filter((fact) => isSameMarking(join(chain.marking, fact.marking), chain.marking));
  return Array.from({ length: parts }, (_, index) => {
    const attached = chain.attached.slice(index * MAX_CHANNELS_PER_PART, (index + 1) * MAX_CHANNELS_PER_PART);
    const draft = draftOf(piece, chain, attached, index + 1, group, source, said);
    for (const { item } of [piece.about, ...attached, ...said]) item.carriedBy(draft);
    for (const edge of chain.edges)
      if (attached.includes(edge.source) || attached.includes(edge.target)) edge.node.item.carriedBy(draft);
    return draft;
  });
}

function draftOf(
  piece: Piece,
  chain: Chain,
  attached: readonly StixNode[],
  part: number,
  group: StixGroup,
  source: IndicatorSource,
  said: readonly MarkedFact[],
): ImportDraft {
  const { about, kind } = piece;
  const nodes = [about, ...attached];
  const values = nodes.flatMap(valuesOf);
  const list = (field: FieldValue['field']): string[] =>
    distinct(values.flatMap((each) => (each.field === field ? each.value : [])));
  const chainName = isSameMarking(chain.marking, join(source.marking, about.marking))
    ? ''
    : `${contentName([JSON.stringify(chain.marking)]).slice(0, 16)}/`;
  return {
    type: 'InfluenceActivity',
    native: { ...source.native, part: `${about.id}/${chainName}${part}` },
    fields: {
      report: buildReport(
        {
          title: nameOf(about),
          marking: chain.marking,
          facts: [...said.map(({ fact }) => fact), ...unreadAddresses(nodes)],
          category: source.category,
        },
        source.mapping,
      ),
      kind,
      texts: distinct(nodes.flatMap(textsOf)),
      accounts: list('accounts'),
      domains: list('domains'),
      urls: list('urls'),
      media: distinct(nodes.flatMap(mediaOf)),
      hashtags: [],
      narrativeTypes: distinct(textsAt(about.object, 'narrative_types')),
      channelTypes: distinct(nodes.flatMap(({ object }) => textsAt(object, 'channel_types'))),
      eventTypes: distinct(textsAt(about.object, 'event_types')),
      operation: operationOf(about, group.edges) ?? null,
      startTime: toInstantMs(textAt(about.object, 'start_time') ?? '') ?? null,
      stopTime: toInstantMs(textAt(about.object, 'stop_time') ?? '') ?? null,
      synthetic: nodes.map(syntheticOf).find((said) => said !== undefined) ?? null,
    },
    marking: chain.marking,
    ...(source.observedAtMs !== undefined && { observedAtMs: source.observedAtMs }),
    sourceGrade: source.sourceGrade,
    infoGrade: source.infoGrade,
    ...(source.origin !== undefined && { origin: source.origin }),
  };
}

function valuesOf({ type, object }: StixNode): FieldValue[] {
  if (type === 'channel') return channelValues(textAt(object, 'name') ?? '');
  if (type === 'user-account') return [accountOf(object)].filter((value): value is FieldValue => value !== undefined);
  if (type === 'media-content') return addressOf(textAt(object, 'url')) ?? [];
  return [];
}

/** Hashes of what is shown or heard, each with its scheme: STIX has no place for them at a medium, our extension has. */
function mediaOf({ object }: StixNode): string[] {
  const stated = textsAt(objectAt(object['extensions'], OBSERVATION_EXTENSION), 'media');
  return stated.flatMap((value) => normalise('media', value) ?? []);
}

/** Whether a machine made it, where our extension says so. */
function syntheticOf({ object }: StixNode): boolean | undefined {
  return toFlag(objectAt(object['extensions'], OBSERVATION_EXTENSION)?.['synthetic']);
}

/** A name that is neither account nor host may still be a page. */
function channelValues(name: string): FieldValue[] {
  const channel = toChannel(name) ?? toFieldValue('urls', /^https?:/i.test(refang(name)) ? name : `https://${name}`);
  return name === '' || /\s/.test(name) || channel === undefined ? [] : [channel];
}

/** An address with a dotted host; `to be filled in` is none. */
function addressOf(text: string | undefined): FieldValue[] | undefined {
  if (text === undefined || !/^(?:https?:\/\/)?[^\s/]+\.[^\s/]+/i.test(refang(text))) return undefined;
  const value = toFieldValue('urls', /^https?:/i.test(refang(text)) ? text : `https://${refang(text)}`);
  return value === undefined ? undefined : [value];
}

/** What should have been a value and is none stays readable, as a label. */
function unreadAddresses(nodes: readonly StixNode[]): { kind: 'label'; label: string }[] {
  return nodes.flatMap((node) => {
    const isAddress = ['channel', 'user-account', 'media-content'].includes(node.type);
    const unread = isAddress && valuesOf(node).length === 0 ? [`${node.type}:${nameOf(node)}`] : [];
    const noHash = unreadMedia(node).map((value) => `media:${value}`);
    return [...unread, ...noHash].map((label) => ({ kind: 'label' as const, label }));
  });
}

function unreadMedia({ object }: StixNode): readonly string[] {
  const stated = textsAt(objectAt(object['extensions'], OBSERVATION_EXTENSION), 'media');
  return stated.filter((value) => normalise('media', value) === undefined);
}

/** Texts that spread: a narrative's or event's own, and a medium's; a channel's name is no text. */
function textsOf({ type, object }: StixNode): { text: string; lang: string }[] {
  const keys =
    type === 'media-content'
      ? ['title', 'content']
      : type === 'narrative' || type === 'event'
        ? ['name', 'description']
        : [];
  const lang = textAt(object, 'lang') ?? 'und';
  return keys.flatMap((key) => textAt(object, key) ?? []).map((text) => ({ text, lang }));
}

function distinctNodes(nodes: readonly StixNode[]): StixNode[] {
  return [...new Set(nodes)].sort((a, b) => (a.id < b.id ? -1 : 1));
}
