// One answer on stdout: for people between two marking lines, for machines as JSON that carries its marking.
// Holds: a human answer with content of records begins and ends with the marking; a JSON line always has `marking`.

import type { CliContext, GlobalFlags } from '../context.ts';

/** Prints lines for people, the marking above and below. */
export function printLines(context: CliContext, marking: string | undefined, lines: readonly string[]): void {
  const banner = marking === undefined ? [] : [marking];
  context.out([...banner, ...lines, ...banner, ''].join('\n'));
}

/** Prints one JSON document; `marking` is the answer's banner unless the document has its own. */
export function printJson(context: CliContext, marking: string | undefined, body: unknown): void {
  context.out(`${JSON.stringify(withMarking(marking, body))}\n`);
}

/** Prints either, as the flags say. */
export function printAnswer(
  context: CliContext,
  flags: GlobalFlags,
  answer: { readonly marking: string | undefined; readonly body: unknown },
  toLines: () => readonly string[],
): void {
  if (flags.json) printJson(context, answer.marking, answer.body);
  else printLines(context, answer.marking, toLines());
}

/** Talk on stderr, unless --quiet. */
export function say(context: CliContext, flags: GlobalFlags, text: string): void {
  if (!flags.quiet) context.err(`${text}\n`);
}

function withMarking(marking: string | undefined, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { ...(marking === undefined ? {} : { marking }), value: body };
  return marking === undefined || 'marking' in body ? body : { marking, ...body };
}
