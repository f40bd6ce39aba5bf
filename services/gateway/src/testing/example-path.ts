// A path to ask for by a route's pattern.

/** The pattern with every parameter filled in: ids with `id`, which must need no escaping, the others with something there is. */
export function examplePath(pattern: string, id: string): string {
  return pattern
    .replace(':id', id)
    .replace(':slug', 'lookout')
    .replace(':objectId', `indicator--${id}`)
    .replace(':statusId', id)
    .replace(':format', 'misp')
    .replace('extensions/:name', 'extensions/marking.json')
    .replace(':name', 'x')
    .replace(':size', '1')
    .replace(':index', '1')
    .replace(/:n$/, '1')
    .replace('*', 'index.css');
}
