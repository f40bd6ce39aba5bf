// The event types of situation reports as they lie on the bus: subject, and the fields that are not of the frame.

import type { SitrepEvent, SitrepSeriesEvent } from '@sitebus/sdk';
import type { Frame } from '../machine.ts';

export const SITREP_SUBJECT = 'ca.sitebus.protocol.SitrepEvent';
export const SITREP_SERIES_SUBJECT = 'ca.sitebus.protocol.SitrepSeriesEvent';

export const EMPTY_SITREP: Omit<SitrepEvent, keyof Frame<string>> = Object.freeze({
  number: null,
  electionId: null,
  cadence: null,
  cutOffAt: null,
  views: [],
  contribution: null,
  standings: [],
  delta: null,
  sourceGaps: null,
  recipients: [],
  precedence: null,
  policyVersion: null,
  removed: [],
  added: [],
  version: null,
  reason: null,
});

export const EMPTY_SITREP_SERIES: Omit<SitrepSeriesEvent, keyof Frame<string>> = Object.freeze({
  electionId: null,
  cadence: null,
  number: null,
  cutOffAt: null,
  reason: null,
});
