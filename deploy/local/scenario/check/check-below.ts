// Check 3: a view's topics are the same, byte for byte, whether or not there is anything above it.

import { createHash } from 'node:crypto';
import { cellsOf } from '@sitebus/marking';
import { alertTopic, assessTopic } from '@sitebus/sdk';
import { ROWS } from '../rows.ts';
import { DOWNGRADE } from './downgrade-act.ts';
import { playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';

const COMPARED = ['public', 'partner', 'pb-can'] as const;

/** What fusion said in one play. */
interface Said {
  readonly rows: number;
  readonly records: number;
  /** SHA-256 of every byte, in its order. */
  readonly sha256: string;
}

/** By view: the play without any row above it, and with all rows. */
export type BelowRecord = Readonly<Record<string, { readonly below: Said; readonly whole: Said }>>;

/** Plays twice for each view, each with the fusion of that view alone. */
export async function recordBelow(parts: PlayParts): Promise<BelowRecord> {
  const record: Record<string, { below: Said; whole: Said }> = {};
  for (const view of COMPARED) {
    const { clearance } = parts.policy.views.find(({ id }) => id === view)!;
    const cells = new Set(cellsOf(clearance, parts.policy.cells).map(({ id }) => id));
    const below = await saidIn(view, { ...parts, keep: ({ row }) => cells.has(ROWS[row]?.cell ?? '') });
    const whole = await saidIn(view, { ...parts, keep: ({ row }) => row !== DOWNGRADE.row }); // its ids are drawn at random
    record[view] = { below, whole };
  }
  return record;
}

/** Check 3. */
export function belowFaults(record: BelowRecord): readonly string[] {
  return COMPARED.flatMap((view) => {
    const found = record[view];
    if (found === undefined) return [`${view}: was not played`];
    const { below, whole } = found;
    return [
      ...(below.rows < whole.rows && whole.records > 0 ? [] : [`${view}: there is nothing to compare`]),
      ...(below.sha256 === whole.sha256 ? [] : [`${view}: what lies above it changes what it says`]),
    ];
  });
}

async function saidIn(view: string, parts: PlayParts): Promise<Said> {
  const played = await playInMemory({ ...parts, views: [view] });
  try {
    const said = everyByte(played, view);
    return { rows: played.rows.length, records: said.length, sha256: createHash('sha256').update(JSON.stringify(said)).digest('hex') }; // prettier-ignore
  } finally {
    await played.stop();
  }
}

/** Every byte that a view's fusion said of content, in its order. */
function everyByte({ bus }: PlayedInMemory, view: string): readonly string[] {
  return [assessTopic(view), alertTopic(view)].flatMap(
    (topic) =>
    bus.records(topic).map(({ key, value, headers }) => `${topic} ${String(key)} ${value!.toString('base64')} ${JSON.stringify(headers)}`), // prettier-ignore
  );
}
