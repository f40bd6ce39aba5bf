// One report, one rendition a view: which views have one, under which id, and what of a contribution each may read.
// Holds: pure; a view is handed paragraphs by their own marking alone; a contribution of which it may read nothing does not reach
// it at all, so that its rendition is the same whether or not it was made. Source: README.md#situation-reports

import { clearanceDominates, parse } from '@sitebus/marking';
import type { Policy, SitrepPortion, View } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import { isReadableIn, markingOfPortion } from './portions.ts';

/** @returns the id of a report in a view. */
export function sitrepId(view: View, electionId: string, cadence: string, number: number): string {
  return uuidOf(`sitrep/${electionId}/${cadence}/${number}`, view.namespace);
}

/** @returns the views that have reports, in the order of policy. */
export function reportingViews(policy: Policy): readonly View[] {
  const frame = reportMarking(policy);
  return policy.views.filter((view) => isReadableIn(view, frame));
}

/** @returns the marking of what a report says beside its paragraphs. */
export function reportMarking({ taskForce, homeNation }: Policy) {
  return parse(taskForce.reportMarking, { homeNation });
}

/** @returns the reporting views below one, without it. */
export function viewsBelow(policy: Policy, view: string): readonly View[] {
  const from = policy.views.find(({ id }) => id === view);
  return reportingViews(policy).filter(
    (each) => from !== undefined && each.id !== view && clearanceDominates(from.clearance, each.clearance),
  );
}

/** @returns of some paragraphs those that a view may read, in their order. */
export function readableIn(view: View, portions: readonly SitrepPortion[]): readonly SitrepPortion[] {
  return portions.filter((portion) => isReadableIn(view, markingOfPortion(portion)));
}

/** @returns the view in which a person is sent what is issued from `view`: their own where it is below, else `view`. */
export function viewOfRecipient(policy: Policy, view: string, homeView: string | undefined): string {
  return homeView !== undefined && viewsBelow(policy, view).some(({ id }) => id === homeView) ? homeView : view;
}
