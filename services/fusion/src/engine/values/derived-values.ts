// Values that follow from a stated value: the domain that was registered, the network of an address, the days at a place.
// Holds: pure, a function of the one value; kinds of their own, so that policy weighs and an assessment names them as what
// they are; nothing is derived where strangers share what would come out. Source: README.md#derived-values

import { isDottedDecimal } from '@sitebus/sdk';
import ipaddr from 'ipaddr.js';
import { parse as parseHost } from 'tldts';

/** Bits of a network's prefix: a site's usual assignment. Source: RFC 6177 §2 for IPv6. */
const SUBNET_BITS = Object.freeze({ ipv4: 24, ipv6: 48 });
const DAY_MS = 86_400_000;
/** The last day that has a name, and the first with the sign turned. Source: ECMA-262 §Time Values */
const LAST_DAY = 100_000_000;

/** What is looked at beyond the value itself. */
export interface DerivationRules {
  readonly placeDaysMax: number;
  /** True where strangers register below this domain as a matter of course: nothing is derived. */
  readonly isSharedSuffix: (domain: string) => boolean;
}

/** How values of one kind follow from those of another. */
export interface Derivation {
  readonly from: string;
  readonly kind: string;
  /** Values that follow, distinct; none where nothing may be derived. */
  readonly derive: (value: string, rules: DerivationRules) => readonly string[];
  /** True: of what a pair shares of this kind only the strongest value counts, because one stated value yields several. */
  readonly countsOnce: boolean;
}

const NONE: readonly string[] = Object.freeze([]);

/** Every derivation that is made value by value; near-duplicate texts and co-shares need more than one value. */
export const DERIVATIONS: readonly Derivation[] = Object.freeze([
  { from: 'domain', kind: 'registrable-domain', derive: registrableDomain, countsOnce: false },
  { from: 'ip', kind: 'subnet', derive: subnet, countsOnce: false },
  { from: 'place-time', kind: 'place-day', derive: placeDays, countsOnce: true },
]);

/** True for a place and time that touches more days than policy allows: it says nothing of who met whom. */
export function isVaguePlaceTime(value: string, { placeDaysMax }: Pick<DerivationRules, 'placeDaysMax'>): boolean {
  const { firstDay, lastDay } = daysOf(value);
  return !(lastDay - firstDay < placeDaysMax && firstDay >= -LAST_DAY && lastDay <= LAST_DAY);
}

/** Of hosts below a private suffix (dynamic DNS, free hosting, clouds) each label may be somebody else's. */
function registrableDomain(value: string, { isSharedSuffix }: DerivationRules): readonly string[] {
  const { domain, isPrivate } = parseHost(value, HOSTS);
  return domain === null || isPrivate === true || isSharedSuffix(domain) ? NONE : [domain];
}

const HOSTS = Object.freeze({ allowPrivateDomains: true, extractHostname: false, validateHostname: false });

function subnet(value: string): readonly string[] {
  // As most are written: four decimal numbers, of which the last gives way.
  if (isDottedDecimal(value)) return [`${value.slice(0, value.lastIndexOf('.'))}.0/${SUBNET_BITS.ipv4}`];
  if (!ipaddr.isValid(value)) return NONE;
  const address = ipaddr.parse(value);
  const bits = SUBNET_BITS[address.kind()];
  const bytes = address.toByteArray().map((byte, place) => (place * 8 < bits ? byte : 0));
  const network = ipaddr.fromByteArray(bytes);
  return [`${network instanceof ipaddr.IPv6 ? network.toRFC5952String() : network.toString()}/${bits}`];
}

function placeDays(value: string, rules: DerivationRules): readonly string[] {
  if (isVaguePlaceTime(value, rules)) return NONE;
  const { place, firstDay, lastDay } = daysOf(value);
  return Array.from({ length: lastDay - firstDay + 1 }, (_, at) => `${place} ${nameOfDay(firstDay + at)}`);
}

function nameOfDay(day: number): string {
  const [date] = new Date(day * DAY_MS).toISOString().split('T');
  return date!;
}

/** Days are whole days of UTC since 1970, both ends included; an instant at midnight belongs to the day it begins. */
function daysOf(value: string): { readonly place: string; readonly firstDay: number; readonly lastDay: number } {
  const [place = '', from, to] = value.split(' ');
  return { place, firstDay: Math.floor(Number(from) / DAY_MS), lastDay: Math.floor(Number(to) / DAY_MS) };
}
