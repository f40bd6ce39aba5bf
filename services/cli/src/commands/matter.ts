// A matter that is decided elsewhere (a case, a report, a release of something lower): shown, and acted on.
// Holds: every act goes out under an idempotency key of its own; whoever judges names the version shown to them in the same run.

import { randomUUID } from 'node:crypto';
import type { CliContext, GlobalFlags } from '../context.ts';
import { EXIT } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { blockOf } from '../render/record.ts';
import type { Shown } from '../signing.ts';
import { connect } from './command.ts';

/** Shows what the path answers. @returns the exit code */
export async function show(path: string, context: CliContext, flags: GlobalFlags): Promise<number> {
  const { gateway } = await connect(context, flags);
  print(await gateway.json<Shown>({ path }), context, flags);
  return EXIT.done;
}

/** Posts one act and shows the answer. @param etag the version it is on, where it is on one @returns the exit code */
export async function post(
  path: string,
  json: Shown,
  context: CliContext,
  flags: GlobalFlags,
  etag?: string,
): Promise<number> {
  const { gateway } = await connect(context, flags);
  const headers = { 'idempotency-key': randomUUID(), ...(etag === undefined ? {} : { 'if-match': etag }) };
  print(await gateway.json<Shown>({ method: 'POST', path, json, headers }), context, flags);
  return EXIT.done;
}

/** Posts an act on the version that stands now: whoever gives it has just been told which. @returns the exit code */
export async function judge(
  path: string,
  name: string,
  json: Shown,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  const { gateway } = await connect(context, flags);
  const { etag } = await gateway.json<Shown>({ path });
  return post(`${path}/${name}`, json, context, flags, etag);
}

/** The matter, and what can be done with it next where it says so. */
function print(
  { marking, body }: { readonly marking: string | undefined; readonly body: Shown },
  context: CliContext,
  flags: GlobalFlags,
): void {
  printAnswer(context, flags, { marking, body }, () => blockOf(body));
  const { id, state, possible } = body as MatterFields;
  if (state === undefined || possible === undefined) return;
  say(context, flags, `${id ?? 'it'} is ${state}; possible now: ${possible.join(', ') || 'nothing more'}`);
}

interface MatterFields {
  readonly id?: string;
  readonly state?: string;
  readonly possible?: readonly string[];
}
