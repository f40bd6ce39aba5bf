// A graph as a drawing: nodes on a circle in their order, the root in the middle, the marking above and below.
// Holds: pure; the same graph gives the same drawing; every text is escaped.

/** What the gateway answers. */
export interface DrawnGraph {
  readonly root: { readonly id: string; readonly headline?: { readonly en: string } };
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly weightMicro: number;
    readonly more: number;
    readonly type?: string;
    readonly agency?: string;
    readonly title?: string;
    readonly value?: { readonly kind: string; readonly value: string };
  }[];
  readonly edges: readonly { readonly a: string; readonly b: string; readonly kind: string; readonly weightMicro: number }[];
  readonly shown: number;
  readonly total: number;
  readonly edgesShown: number;
  readonly edgesTotal: number;
} // prettier-ignore

const SIDE = 1_000;
const RADIUS = 380;

/** The drawing, with the marking in it. */
export function toSvg({ root, nodes, edges, shown, total }: DrawnGraph, marking: string): string {
  const places = new Map(nodes.map(({ id }, at) => [id, placeOf(at, nodes.length)]));
  const lines = edges.flatMap(({ a, b, kind }) => {
    const [from, to] = [places.get(a), places.get(b)];
    if (from === undefined || to === undefined) return [];
    const dash = kind === 'has' ? ' stroke-dasharray="4 3"' : '';
    return [`<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="#888"${dash}/>`];
  });
  const dots = nodes.map((node) => {
    const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
    const label = node.title ?? (node.value === undefined ? node.id : `${node.value.kind} ${node.value.value}`);
    const more = node.more === 0 ? '' : ` +${node.more}`;
    return `<circle cx="${x}" cy="${y}" r="6" fill="${node.kind === 'value' ? '#b58900' : '#268bd2'}"/><text x="${x + 9}" y="${y + 4}" font-size="10">${escaped(`${label}${more}`)}</text>`;
  });
  const banner = (y: number): string =>
    `<text x="${SIDE / 2}" y="${y}" text-anchor="middle" font-size="16" font-weight="bold">${escaped(marking)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}" font-family="sans-serif">`,
    `<rect width="${SIDE}" height="${SIDE}" fill="#fff"/>`,
    banner(24),
    ...lines,
    `<text x="${SIDE / 2}" y="${SIDE / 2}" text-anchor="middle" font-size="12">${escaped(root.headline?.en ?? root.id)}</text>`,
    ...dots,
    `<text x="${SIDE / 2}" y="${SIDE - 40}" text-anchor="middle" font-size="12">showing ${shown} of ${total}, largest weight first</text>`,
    banner(SIDE - 12),
    '</svg>\n',
  ].join('\n');
}

function placeOf(at: number, of: number): { readonly x: number; readonly y: number } {
  const angle = (2 * Math.PI * at) / Math.max(1, of) - Math.PI / 2;
  return { x: Math.round(SIDE / 2 + RADIUS * Math.cos(angle)), y: Math.round(SIDE / 2 + RADIUS * Math.sin(angle)) };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
