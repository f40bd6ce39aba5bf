// Which representations a caller takes. Holds: pure; no Accept takes everything; q=0 takes nothing. Source: RFC 9110 §12.5.1

/** True when an Accept header admits the media type, or problem+json beside it. */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const [type = ''] = mediaType.split('/');
  return accept
    .slice(0, 1_000)
    .split(',')
    .some((range) => {
      const [name = '', ...parameters] = range
        .toLowerCase()
        .split(';')
        .map((part) => part.trim());
      const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
      return !refused && (name === '*/*' || name === `${type}/*` || name === mediaType);
    });
}
