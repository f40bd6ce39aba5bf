// spill …: have a record skipped everywhere and erased: one administrator asks, another confirms, each with their own key.
// Holds: what is signed is what is shown: a text that says something else than the answer beside it is not signed; the key comes
// from a file. Source: services/kit/README.md#spills

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { policyRootOf, signStatement } from '@sitebus/sdk';
import { renderNote } from '@sitebus/sdk/merkle';
import type { CliContext } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Spill {
  readonly id: string;
  readonly state: string;
  readonly cell: string;
  readonly coordinates: string;
  readonly sha256: string;
  readonly reason: string;
  readonly by: string;
  readonly until: string;
  readonly persons: readonly string[];
  readonly toSign: string;
  readonly tombstone?: string;
}

interface Recipient {
  readonly person: string;
  readonly at: string;
  readonly leaf: number;
  readonly as: string | { readonly assessment: string };
}

interface Signing {
  readonly key: string;
  readonly signer: string;
}

/** Registers the spill commands. */
export const registerSpill: Registration = (program, run) => {
  const spill = program
    .command('spill')
    .description('records that nobody is to read any more: one administrator asks, another confirms');
  spill
    .command('propose <coordinates>', { isDefault: true })
    .description('ask that the record at <topic>/<partition>/<offset> be skipped everywhere')
    .requiredOption('--reason <text>', 'why, in a sentence; it is signed')
    .requiredOption('--key <file>', 'your seed, as `policy key` made it')
    .requiredOption('--signer <name>', 'the name under which that key is pinned')
    .addHelpText(
      'before',
      'Examples:\n  sitebus spill obs.open.cse/2/1174 --reason "marked too low" --key anna.seed --signer anna --as administrator --view public\n  sitebus spill confirm open.1 --key bela.seed --signer bela --as edgar-nkemelu --view public\n',
    )
    .action((coordinates: string, options: Signing & { readonly reason: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const json = { coordinates, reason: options.reason };
        const { body } = await gateway.json<Spill>({ method: 'POST', path: '/v1/spills/preview', json });
        if (body.coordinates !== coordinates || body.reason !== options.reason) throw saysOtherwise('coordinates');
        const note = await signed(context, body, options);
        const answer = await gateway.json<Spill>({
          method: 'POST',
          path: '/v1/spills',
          json: { note },
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`${answer.body.id} is proposed until ${answer.body.until}`]);
        say(context, flags, `next: another administrator runs  sitebus spill confirm ${answer.body.id}`);
        return EXIT.done;
      }),
    );
  spill
    .command('confirm <id>')
    .description('put into force what another administrator asked for')
    .requiredOption('--key <file>', 'your seed, as `policy key` made it')
    .requiredOption('--signer <name>', 'the name under which that key is pinned')
    .action((id: string, options: Signing) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const path = `/v1/spills/${encodeURIComponent(id)}`;
        const { body } = await gateway.json<Spill>({ path });
        const note = await signed(context, body, options);
        const answer = await gateway.json<Spill>({
          method: 'POST',
          path: `${path}/confirm`,
          json: { note },
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [
          `${id} is in force: ${answer.body.coordinates} is skipped everywhere`,
        ]);
        if (answer.body.tombstone === 'NOT_WRITTEN')
          say(context, flags, 'its bytes stay on the broker until the agency’s service writes the tombstone');
        say(
          context,
          flags,
          `next: a reviewer runs  sitebus spill recipients ${id}  in every view of ${answer.body.cell}`,
        );
        return EXIT.done;
      }),
    );
  spill
    .command('list')
    .description('what is skipped in the cells of the view, and what waits for a second person')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Spill[] }>({ path: '/v1/spills' });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'SPILL', of: ({ id }) => id },
              { heading: 'STATE', of: ({ state }) => state },
              { heading: 'COORDINATES', of: ({ coordinates }) => coordinates },
              { heading: 'PERSONS', of: ({ persons }) => persons.join(' ') },
              { heading: 'REASON', of: ({ reason }) => reason },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
  spill
    .command('recipients <id>')
    .description('who was sent it in the view, or an assessment while it rested on it; for reviewers')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const path = `/v1/spills/${encodeURIComponent(id)}/recipients`;
        const answer = await gateway.json<{ items: readonly Recipient[]; fromLeaf: number }>({ path });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'PERSON', of: ({ person }) => person },
              { heading: 'AT', of: ({ at }) => at },
              { heading: 'LEAF', of: ({ leaf }) => String(leaf) },
              { heading: 'AS', of: ({ as }) => (typeof as === 'string' ? as : `assessment ${as.assessment}`) },
            ],
            context.columns,
          ),
        );
        if (answer.body.fromLeaf > 0)
          say(
            context,
            flags,
            `leaves before ${answer.body.fromLeaf} were not looked at: check an export of the ledger`,
          );
        return EXIT.done;
      }),
    );
};

/** The note with one signature. Throws where the text is not on what is shown, or the key cannot be read. */
async function signed(context: CliContext, shown: Spill, { key, signer }: Signing): Promise<string> {
  const seed = (await readFile(resolve(context.cwd, key), 'utf8').catch(() => '')).trim();
  if (!/^[A-Za-z0-9_-]{43}$/.test(seed))
    throw usageError(`${key} holds no signing key`, 'a signing key is 32 bytes in base64url on one line');
  const differing = differs(shown);
  if (differing !== undefined) throw saysOtherwise(differing);
  const { name, keyId } = policyRootOf(signer, seed);
  const signature = new Uint8Array(Buffer.from(signStatement(shown.toSign, seed), 'base64url'));
  return renderNote(shown.toSign, [{ name, keyId, signature }]);
}

function differs({ toSign, coordinates, sha256, reason, by, cell }: Spill): string | undefined {
  const [, json = '{}'] = /^sitebus\/spill\n(\{.*\})\n$/.exec(toSign) ?? [];
  const said = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const place = [said['topic'], said['partition'], said['offset']].join('/');
  if (place !== coordinates) return 'coordinates';
  const pairs = Object.entries({ sha256, reason, by, cell });
  return pairs.find(([field, value]) => said[field] !== value)?.[0];
}

function saysOtherwise(what: string): CliError {
  return new CliError(EXIT.failed, `the text to be signed says something else than what is shown: ${what}`, {
    next: 'tell the security office; nothing was signed',
  });
}
