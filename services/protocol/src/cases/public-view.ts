// Where what everybody may know is kept: periods of elections and notices to the public.

import { createMarking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';

/** The view of everybody. */
export const PUBLIC_VIEW = 'public';

/** UNCLASSIFIED//TLP:CLEAR, releasable to all. */
export const FOR_EVERYBODY = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL', tlp: 'CLEAR' });

/** The same as it lies on the bus. */
export const FOR_EVERYBODY_WIRE = toWire(FOR_EVERYBODY);
