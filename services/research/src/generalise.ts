// One value made coarser by one step of policy.
// Holds: pure; a coarser value is a function of the finer one, so that groups only ever merge; what cannot be read as its
// kind says nothing. Days and weeks are UTC. Source: ISO 8601 (weeks); README.md#coarser

import type { ResearchLevel } from '@sitebus/sdk';
import type { Cell } from './columns.ts';

const DAY_MS = 86_400_000;

/** @returns the value at this step; null at `none`, and for what is not of the step's kind. */
export function generalise(value: Cell, level: ResearchLevel): Cell {
  if (value === null || level === 'none') return null;
  switch (level) {
    case 'exact':
      return value;
    case 'magnitude':
      return magnitudeOf(value);
    case 'day':
    case 'week':
    case 'month':
      return calendar(value, level);
  }
}

/** 0, or the power of ten at or below. */
function magnitudeOf(value: Cell): Cell {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  return value < 1 ? 0 : 10 ** (String(Math.floor(value)).length - 1);
}

function calendar(value: Cell, level: 'day' | 'week' | 'month'): Cell {
  const day = dayOf(value);
  if (day === undefined) return null;
  if (level === 'day') return day;
  return level === 'month' ? day.slice(0, 'yyyy-mm'.length) : isoWeekOf(day);
}

/** Of UTC milliseconds, or of a day that was made coarse before. */
function dayOf(value: Cell): string | undefined {
  if (typeof value === 'number') {
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 'yyyy-mm-dd'.length);
  }
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
}

/** The week belongs to the year of its Thursday. */
function isoWeekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * DAY_MS);
  const firstOfYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = 1 + Math.floor((thursday.getTime() - firstOfYear) / (7 * DAY_MS));
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}
