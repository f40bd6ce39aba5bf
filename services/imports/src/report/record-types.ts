// The record types that a report can become: which typed values each has, and what it says of itself in `details`.
// Holds: one entry a type; what a type has no field for is left unread, and refused as such. Source: README.md#report

import type { ImportMapping, ReportType } from '@sitebus/sdk';
import type { Properties } from './properties.ts';
import { refuseReport } from './properties.ts';
import type { ValueList } from './typed-values.ts';

/** What `details` can lean on. */
export interface DetailsContext {
  readonly category: string;
  readonly mapping: ImportMapping;
}

/** One record type. */
export interface RecordType {
  readonly lists: readonly ValueList[];
  /** The fields of the type beside report and values. */
  readonly details: (details: Properties, context: DetailsContext) => Readonly<Record<string, unknown>>;
}

/** By name of the record type. */
export const RECORD_TYPES: Readonly<Record<ReportType, RecordType>> = Object.freeze({
  CyberIncident: {
    lists: ['domains', 'ips', 'urls', 'hashes', 'emails'],
    details: (details, { category, mapping }) => ({
      incidentKind: details.text('incidentKind') ?? category,
      phase: details.text('phase') ?? mapping.phase ?? details.requiredText('phase'),
      authenticityOfLeak:
        details.word('authenticityOfLeak', ['AUTHENTIC', 'ALTERED', 'FABRICATED', 'MIXED', 'UNKNOWN']) ?? null,
      impactedSystems: details.texts('impactedSystems'),
      outageSeconds: details.count('outageSeconds') ?? null,
    }),
  },
  CovertActivity: {
    lists: ['persons', 'accounts', 'domains', 'urls', 'wallets', 'placeTimes', 'texts'],
    details: (details) => ({
      method: details.requiredText('method'),
      onBehalfOf: alpha3(details, 'onBehalfOf'),
    }),
  },
  FinancialActivity: {
    lists: ['wallets', 'persons', 'domains'],
    details: (details) => ({
      amountMinor: details.count('amountMinor') ?? null,
      currency: alpha3(details, 'currency'),
      paidAt: details.instant('paidAt') ?? null,
      purpose: details.requiredText('purpose'),
    }),
  },
  ThreatToPerson: {
    lists: ['persons', 'accounts', 'placeTimes', 'urls', 'texts'],
    details: (details) => ({
      immediacy: details.word('immediacy', ['NONE_STATED', 'DAYS', 'HOURS']) ?? 'NONE_STATED',
      weaponStated: details.flag('weaponStated') ?? null,
    }),
  },
  InfluenceActivity: {
    lists: ['texts', 'accounts', 'domains', 'urls', 'media'],
    details: (details) => ({
      kind: details.word('kind', ['NARRATIVE', 'CHANNEL', 'CONTENT', 'EVENT']) ?? details.requiredText('kind'),
      hashtags: details.texts('hashtags').map((tag) => tag.replace(/^#/, '')),
      narrativeTypes: details.texts('narrativeTypes'),
      channelTypes: details.texts('channelTypes'),
      eventTypes: details.texts('eventTypes'),
      operation: details.text('operation') ?? null,
      startTime: details.instant('startTime') ?? null,
      stopTime: details.instant('stopTime') ?? null,
      synthetic: details.flag('synthetic') ?? null,
    }),
  },
  VotingInterference: {
    lists: ['texts', 'urls', 'domains', 'accounts', 'placeTimes'],
    details: (details) => ({
      falseClaim: details.requiredText('falseClaim'),
      correctInformation: details.requiredText('correctInformation'),
    }),
  },
});

/** A country or a currency: three capitals. */
function alpha3(details: Properties, key: string): string | null {
  const code = details.text(key);
  if (code === undefined) return null;
  return /^[A-Z]{3}$/.test(code)
    ? code
    : refuseReport('BAD_VALUE', details.pointerOf(key), `${key} is a code of three capitals`, 'correct the code');
}
