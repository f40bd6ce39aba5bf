// Paths that the router would refuse by itself, outside every hook and in words of its own that repeat them.
// Holds: one that does not decode is one that no route has, and is answered as that. Source: RFC 3986 §2.1

/** Longest part of a path that the router takes, in characters: a longer request does not get past Node's own limit of 16 KiB. */
export const LONGEST_PART = 16_384;

/** @returns the URL; where its path does not decode, one that no route has. */
export function readable(url: string): string {
  const [path = '', ...query] = url.split('?');
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return ['/unreadable', ...query].join('?');
  }
}
