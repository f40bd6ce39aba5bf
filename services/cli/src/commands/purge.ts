// purge …: have advertisements erased whose time of keeping is over: one administrator asks, another one orders, each with their
// own key. Holds: what is signed is what is shown; a text that is no order of this kind is not signed; keys come from files.
// Source: services/kit/README.md#purges

import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { policyRootOf, signStatement } from '@sitebus/sdk';
import { parseNote, renderNote } from '@sitebus/sdk/merkle';
import { EXIT, CliError, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Preview {
  readonly records: number;
  readonly left: number;
  readonly until: string;
  readonly toSign: string;
}

/** Registers the purge commands. */
export const registerPurge: Registration = (program, run) => {
  const purge = program
    .command('purge')
    .description('advertisements whose time of keeping is over: one administrator asks, another orders');
  purge
    .command('propose <election>')
    .description('write the order for what is due into a file; changes nothing')
    .requiredOption('--reason <text>', 'why, in a sentence; it is signed')
    .requiredOption('--out <file>', 'where the order goes')
    .addHelpText('before', 'Examples:\n  sitebus purge propose ge-demo --reason "kept as long as the law says" --out order.txt --as administrator\n  sitebus purge sign order.txt --key anna.seed --signer anna\n  sitebus purge order order.txt --as edgar-nkemelu\n')
    .action((election: string, { reason, out }: { readonly reason: string; readonly out: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Preview>({ method: 'POST', path: '/v1/purges/preview', json: { election, reason } });
        await writeFile(resolve(context.cwd, out), answer.body.toSign, { flag: 'wx', mode: 0o600 });
        printAnswer(context, flags, answer, () => [`${answer.body.records} advertisements, to be ordered before ${answer.body.until}`]);
        if (answer.body.left > 0) say(context, flags, `${answer.body.left} more take another order`);
        say(context, flags, `next: both sign it: sitebus purge sign ${out} --key FILE --signer NAME`);
        return EXIT.done;
      }),
    );
  purge
    .command('sign <file>')
    .description('add your signature to an order, offline')
    .requiredOption('--key <file>', 'your seed, as `policy key` made it')
    .requiredOption('--signer <name>', 'the name under which that key is pinned')
    .action((file: string, { key, signer }: { readonly key: string; readonly signer: string }) =>
      run(async (context, flags) => {
        const path = resolve(context.cwd, file);
        const given = await readFile(path, 'utf8').catch(() => '');
        const note = parseNote(given);
        const text = note?.text ?? given;
        if (!/^sitebus\/purge\n\{.*\}\n$/.test(text)) throw usageError(`${file} holds no order to purge`, 'sitebus purge propose ELECTION makes one');
        const seed = (await readFile(resolve(context.cwd, key), 'utf8').catch(() => '')).trim();
        if (!/^[A-Za-z0-9_-]{43}$/.test(seed)) throw usageError(`${key} holds no signing key`, 'a signing key is 32 bytes in base64url on one line');
        const { name, keyId } = policyRootOf(signer, seed);
        const signature = new Uint8Array(Buffer.from(signStatement(text, seed), 'base64url'));
        const others = (note?.signatures ?? []).filter((each) => each.keyId !== keyId);
        await writeFile(path, renderNote(text, [...others, { name, keyId, signature }]));
        const { keys, election } = JSON.parse(text.split('\n')[1] ?? '{}') as { readonly keys: readonly string[]; readonly election: string };
        say(context, flags, `signed: ${keys.length} advertisements of ${election}; ${others.length + 1} of 2 signatures`);
        return EXIT.done;
      }),
    );
  purge
    .command('order <file>')
    .description('have it carried out; you are the second person')
    .action((file: string) =>
      run(async (context, flags) => {
        const note = await readFile(resolve(context.cwd, file), 'utf8').catch((cause: unknown) => {
          throw new CliError(EXIT.usage, `${file} cannot be read`, { next: 'name the file that both have signed', cause });
        });
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ readonly records: number }>({ method: 'POST', path: '/v1/purges', json: { note }, headers: { 'idempotency-key': randomUUID() } });
        printAnswer(context, flags, answer, () => [`${answer.body.records} advertisements are erased from every store; the broker compacts later`]);
        return EXIT.done;
      }),
    );
}; // prettier-ignore
