// The scenario's dates: files carry days relative to polling day, the player fills in real ones.
// Holds: pure; a token that cannot be read is refused with its text, never left standing in a file.
// Source: deploy/local/scenario/README.md

import { localDayStart } from '@sitebus/kit';

/** Zone of the scenario's election. */
export const ELECTION_ZONE = 'America/Toronto';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A day relative to polling day: `D-31` is −31, `D0` is 0, `D+15` is 15. */
export function parseDay(text: string): number {
  const match = /^D([+-]?\d{1,3})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no scenario day; write D-31, D0 or D+15`);
  return Number(match[1]);
}

/** UTC midnight of a scenario day, in milliseconds; `pollingDayMs` is the midnight of D0. */
export const dayStart = (pollingDayMs: number, day: number): number => pollingDayMs + day * DAY_MS;

/**
 * Fills in `{{D-31T09:00Z}}` (an instant, RFC 3339), `{{D-20T23:40L}}` (the same, of the election's zone), `{{D-31:date}}`
 * (YYYY-MM-DD) and `{{D-31T09:00Z:epoch}}` or `{{D-31:epoch}}` (whole seconds since the epoch).
 */
export function fillInstants(template: string, pollingDayMs: number): string {
  return template.replace(/\{\{([^{}]*)\}\}/g, (_whole, token: string) => {
    const match = /^(D[+-]?\d{1,3})(?:T(\d{2}):(\d{2})(?::(\d{2}))?([ZL]))?(?::(date|epoch))?$/.exec(token);
    if (match === null)
      throw new Error(`{{${token}}} is no scenario instant; write {{D-31T09:00Z}}, {{D-31:date}} or {{D-31:epoch}}`);
    const [, day = '', hours = '0', minutes = '0', seconds = '0', zone, form] = match;
    const afterMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    const midnight = dayStart(pollingDayMs, parseDay(day));
    const ms = zone === 'L' ? onTheWall(midnight, afterMs) : midnight + afterMs;
    if (form === 'epoch') return String(ms / 1000);
    const instant = new Date(ms).toISOString();
    return form === 'date' ? instant.slice(0, 10) : instant;
  });
}

/** What clocks of the election's zone show so long after midnight; they are changed between two and three at night. */
function onTheWall(midnightUtcMs: number, afterMs: number): number {
  const day = midnightUtcMs / DAY_MS;
  const isBeforeChange = afterMs < 2 * HOUR_MS;
  return isBeforeChange
    ? localDayStart(day, ELECTION_ZONE) + afterMs
    : localDayStart(day + 1, ELECTION_ZONE) - (DAY_MS - afterMs);
}
