// Which side of a detection is the outside: the one that lies in none of the agency's own networks.
// Holds: where both sides are outside, or none is, there is no external side; nothing is guessed. Source: README.md#eve

import { BlockList, isIPv6 } from 'node:net';
import { normalise } from '@sitebus/sdk';

/** True for an address of one of the networks; the address is normalised. */
export type HomeNets = (address: string) => boolean;

/** Reads networks written as `address/prefix`, as policy checks them. */
export function toHomeNets(nets: readonly string[]): HomeNets {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', prefix] = net.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => list.check(address, familyOf(address));
}

/** The one side outside the networks, normalised; undefined where it cannot be told. */
export function externalSide(sides: readonly (string | undefined)[], isHome: HomeNets): string | undefined {
  const outside = sides.flatMap((side) => {
    const address = side === undefined ? undefined : normalise('ip', side);
    return address === undefined || isHome(address) ? [] : [address];
  });
  return outside.length === 1 ? outside[0] : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
