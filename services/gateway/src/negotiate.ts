// Which representations a caller takes, and which of several they like best.
// Holds: pure; no Accept takes everything; q=0 takes nothing. Source: RFC 9110 §12.5.1

/** True when an Accept header admits the media type, or problem+json beside it. */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const [name = '', wantedVersion] = mediaType.split(';version=');
  const [type = ''] = name.split('/');
  return accept
    .slice(0, 1_000)
    .split(',')
    .some((range) => {
      const [wanted = '', ...parameters] = range
        .toLowerCase()
        .split(';')
        .map((part) => part.trim());
      const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
      // A range may leave the version of the type out, or say it with quotes and blanks; another version is another type.
      const versions = parameters.flatMap((parameter) => /^version\s*=\s*"?([^"]*)"?$/.exec(parameter)?.[1] ?? []);
      const isOfVersion = wantedVersion === undefined || versions.every((version) => version === wantedVersion);
      return !refused && (wanted === '*/*' || wanted === `${type}/*` || (wanted === name && isOfVersion));
    });
}

/**
 * The representation that a caller likes best of those that a route has.
 * @returns the first of `offered` among equals, so that a caller who says nothing gets it; undefined where none is taken.
 */
export function preferred(accept: string | undefined, offered: readonly string[]): string | undefined {
  const liked = offered.map((mediaType) => ({ mediaType, quality: qualityOf(accept, mediaType) }));
  const best = Math.max(...liked.map(({ quality }) => quality));
  return best > 0 ? liked.find(({ quality }) => quality === best)?.mediaType : undefined;
}

/** Of the most specific range that names the type, 0 to 1. */
function qualityOf(accept: string | undefined, mediaType: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  const ranges = accept
    .slice(0, 1_000)
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()));
  for (const wanted of [mediaType, `${mediaType.split('/')[0] ?? ''}/*`, '*/*']) {
    const qualities = ranges.filter(([name]) => name === wanted).map(([, ...parameters]) => weightOf(parameters));
    if (qualities.length > 0) return Math.max(...qualities);
  }
  return 0;
}

function weightOf(parameters: readonly string[]): number {
  const said = parameters.flatMap((parameter) => /^q=(\d(?:\.\d{0,3})?)$/.exec(parameter)?.[1] ?? [])[0];
  return said === undefined ? 1 : Math.min(1, Number(said));
}
