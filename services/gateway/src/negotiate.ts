// Which representations a caller takes. Holds: pure; no Accept takes everything; q=0 takes nothing. Source: RFC 9110 §12.5.1

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
