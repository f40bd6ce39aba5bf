// Whether a publication counts as a credible public attribution: by where it was published, and policy says where.
// Holds: pure; a host below a listed one counts, a host that only ends like one does not. Source: README.md#policy

/** True for an absolute http(s) address whose host is one of `hosts` or below one. */
export function isAttributionHost(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}
