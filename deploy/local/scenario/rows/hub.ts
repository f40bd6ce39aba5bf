// Thread 7: detections at one content network.

import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const HUB: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '7.01': hub('cedar-bakery.example'),
  '7.02': hub('harrow-lake-rowing.example'),
  '7.03': hub('loutre-library.example'),
  '7.04': hub('stonebridge-choir.example'),
  '7.05': hub('bay-fish-market.example'),
  '7.06': hub('north-road-cycles.example'),
  '7.07': hub('maple-street-vet.example'),
  '7.08': hub('river-ferry-times.example'),
  '7.09': hub('lakeside-garden-club.example'),
  '7.10': hub('old-mill-theatre.example'),
  '7.11': hub('town-band-tickets.example'),
});

/** Detections at the common host, each with a site of its own. */
function hub(site: string): ExpectedRow {
  return {
    agency: 'cse',
    day: -33,
    type: 'NetworkDetection',
    cell: 'partner',
    grade: 'B3',
    features: ['cdn', `domain ${site}`],
  };
}
