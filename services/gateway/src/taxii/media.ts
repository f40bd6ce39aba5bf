// TAXII's and STIX's media types, and its paths.
// Holds: pure; lenient in, exact out: one type is answered, without charset. Source: TAXII 2.1 §1.6.8; README.md#taxii

/** What every TAXII answer is, errors too. */
export const TAXII_TYPE = 'application/taxii+json;version=2.1';
/** What collections hold. */
export const STIX_TYPE = 'application/stix+json;version=2.1';

/** Most bytes of an envelope that is posted. */
export const MAX_TAXII_BYTES = 10 * 1024 * 1024;

/** True for what is answered in TAXII's own forms. */
export function isTaxiiPath(url: string): boolean {
  return /^\/taxii2(?:[/?]|$)/.test(url);
}

/** @returns the URL as routes have it: TAXII's paths end with a slash for some clients and without for others. */
export function withoutSlash(url: string): string {
  if (!isTaxiiPath(url)) return url;
  const [path = '', ...query] = url.split('?');
  return [path.replace(/(?<=.)\/$/, ''), ...query].join('?');
}

/** True for a Content-Type of what may be posted: TAXII 2.1, the version left out or said in any spelling. */
export function isTaxiiContent(contentType: string | undefined): boolean {
  const [name = '', ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  return (
    name === 'application/taxii+json' &&
    parameters.every((parameter) => !parameter.startsWith('version') || /^version\s*=\s*"?2\.1"?$/.test(parameter))
  );
} // prettier-ignore
