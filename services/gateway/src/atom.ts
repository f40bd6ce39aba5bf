// Notices as an Atom feed, in one language.
// Holds: pure; whatever a notice says is text, never markup. Source: RFC 4287

/** One entry. Instants as RFC 3339. */
export interface FeedEntry {
  readonly id: string;
  readonly title: string;
  readonly published: string;
  readonly updated: string;
  readonly text: string;
}

/** @returns the feed, newest entry first as given. `updated` of an empty feed: the epoch, since nothing was ever said. */
export function renderAtom(feed: {
  readonly lang: 'en' | 'fr';
  readonly title: string;
  readonly self: string;
  readonly entries: readonly FeedEntry[];
}): string {
  const { lang, title, self, entries } = feed;
  const updated = entries.map((entry) => entry.updated).sort().at(-1) ?? new Date(0).toISOString();
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${lang}">`,
    `  <id>urn:sitebus:notices:${lang}</id>`,
    `  <title>${escaped(title)}</title>`,
    `  <updated>${escaped(updated)}</updated>`,
    `  <author><name>sitebus</name></author>`,
    `  <link rel="self" href="${escaped(self)}"/>`,
    ...entries.map(entryOf),
    '</feed>',
    '',
  ].join('\n');
} // prettier-ignore

function entryOf({ id, title, published, updated, text }: FeedEntry): string {
  return [
    '  <entry>',
    `    <id>urn:uuid:${escaped(id)}</id>`,
    `    <title>${escaped(title)}</title>`,
    `    <published>${escaped(published)}</published>`,
    `    <updated>${escaped(updated)}</updated>`,
    `    <content type="text">${escaped(text)}</content>`,
    '  </entry>',
  ].join('\n');
}

/** Text in XML 1.0, where most control characters cannot stand at all. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
