// tearline, downgrade, identity: ask for a release, draft, sign, move it on; what is missing, and what is possible now.
// Holds: whoever judges has the version shown to them in the same run; a signature is made here, on what is shown; an answer
// says what is possible next. Source: services/protocol/README.md

import type { Command } from 'commander';
import { EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { blockOf } from '../render/record.ts';
import { signShown, type Shown } from '../signing.ts';
import { collect, connect } from './command.ts';
import type { Registration, Run } from './command.ts';
import { judge, post, show } from './matter.ts';

/** One of the three, and where its routes are. */
interface Kind {
  readonly word: 'tearline' | 'downgrade' | 'identity';
  readonly path: string;
}

const TEARLINE: Kind = { word: 'tearline', path: '/v1/tearlines' };
const DOWNGRADE: Kind = { word: 'downgrade', path: '/v1/downgrades' };
const IDENTITY: Kind = { word: 'identity', path: '/v1/identity-releases' };
const KEY_OPTION = ['--signing-key <file>', 'your signing key: 32 bytes in base64url'] as const;
const REASON_OPTION = ['--reason <words>', 'why'] as const;

/** Registers tearline, downgrade and identity. */
export const registerDisclosures: Registration = (program, run) => {
  registerTearline(program.command('tearline').description('a lower observation made from a higher one'), run);
  registerDowngrade(program.command('downgrade').description('the same content again under a lower marking'), run);
  registerIdentity(program.command('identity').description('who stands behind a suppressed name'), run);
};

function registerTearline(command: Command, run: Run): void {
  command
    .command('ask <observation>')
    .description('ask its originators for a tearline')
    .requiredOption('--for <words>', 'for whom it is wanted')
    .option('--by <instant>', 'by when, such as 2031-10-02T18:00:00Z')
    .addHelpText(
      'before',
      "Examples:\n  sitebus tearline ask 6f0c… --for 'campaigns' --as analyst\n  sitebus tearline list --as release-authority --view s-can\n",
    ) // prettier-ignore
    .action((source: string, options: { readonly for: string; readonly by?: string }) =>
      run((context, flags) => post(TEARLINE.path, { source, ...options }, context, flags)),
    );
  command
    .command('draft <id>')
    .description('say what would be published; voids approvals')
    .requiredOption('--text <words>', 'the one paragraph')
    .requiredOption('--marking <marking>', 'of the lower observation; there is no default')
    .option('--value <kind:value>', 'a value of the source to keep; repeat', collect, [])
    .option('--title <words>', 'at most 160 characters')
    .option('--category <word>', 'default OTHER')
    .option('--so-what <words>', 'what readers can do')
    .option('--text-lang <en|fr>', 'language of the paragraph')
    .action((id: string, options: DraftOptions) =>
      run((context, flags) => judge(pathOf(TEARLINE, id), 'draft', draftOf(options), context, flags)),
    );
  for (const name of ['submit', 'publish'] as const)
    command
      .command(`${name} <id>`)
      .description(name === 'submit' ? 'ask its originators for approval' : 'publish what was approved')
      .action((id: string) => run((context, flags) => judge(pathOf(TEARLINE, id), name, {}, context, flags)));
  signing(TEARLINE, command, 'approve', 'approve it for your agency, with your signature', run);
  reasoned(TEARLINE, command, 'refuse', 'refuse it for your agency', run);
  reasoned(TEARLINE, command, 'withdraw', 'recall what was published', run);
  reading(TEARLINE, command, run);
}

function registerDowngrade(command: Command, run: Run): void {
  command
    .command('ask <observation>')
    .description('ask for a lower marking of an observation')
    .requiredOption('--to <marking>', 'the lower marking')
    .requiredOption(...REASON_OPTION)
    .requiredOption('--expires <instant>', 'from when on the grant is void')
    .addHelpText(
      'before',
      "Examples:\n  sitebus downgrade ask 6f0c… --to 'UNCLASSIFIED//TLP:AMBER' --reason 'published elsewhere' --expires 2031-10-03T00:00:00Z\n  sitebus downgrade sign 1a2b… --signing-key .sitebus/data/signing-keys/farida-lund.key --as release-authority --view s-can\n",
    ) // prettier-ignore
    .action((record: string, options: { readonly to: string; readonly reason: string; readonly expires: string }) =>
      run((context, flags) => post(DOWNGRADE.path, { record, ...options }, context, flags)),
    );
  signing(DOWNGRADE, command, 'sign', 'sign the grant', run);
  reasoned(DOWNGRADE, command, 'refuse', 'refuse it for your agency', run);
  command
    .command('apply <id>')
    .description('apply the grant, once')
    .action((id: string) => run((context, flags) => judge(pathOf(DOWNGRADE, id), 'apply', {}, context, flags)));
  reading(DOWNGRADE, command, run);
}

function registerIdentity(command: Command, run: Run): void {
  command
    .command('ask <observation>')
    .description('ask who stands behind a suppressed name')
    .requiredOption('--name <printed>', "as it is printed there, such as 'Canadian 1'")
    .addHelpText(
      'before',
      "Examples:\n  sitebus identity ask 6f0c… --name 'Canadian 1'\n  sitebus identity justify 1a2b… --authority 'section 12' --why 'to warn them'\n",
    ) // prettier-ignore
    .action((product: string, { name }: { readonly name: string }) =>
      run((context, flags) => post(IDENTITY.path, { product, suppressedRef: name }, context, flags)),
    );
  command
    .command('justify <id>')
    .description('say by what authority, and why')
    .requiredOption('--authority <words>', 'the legal authority')
    .requiredOption('--why <words>', 'the justification')
    .action((id: string, { authority, why }: { readonly authority: string; readonly why: string }) =>
      run((context, flags) => judge(pathOf(IDENTITY, id), 'justify', { authority, text: why }, context, flags)),
    );
  command
    .command('approve <id>')
    .description('approve it for the holding agency; two persons must')
    .action((id: string) => run((context, flags) => judge(pathOf(IDENTITY, id), 'approve', {}, context, flags)));
  reasoned(IDENTITY, command, 'refuse', 'refuse it for the holding agency', run);
  command
    .command('review <id>')
    .description('say what a review found')
    .requiredOption('--finding <words>', 'the finding')
    .action((id: string, { finding }: { readonly finding: string }) =>
      run((context, flags) => judge(pathOf(IDENTITY, id), 'review', { finding }, context, flags)),
    );
  reading(IDENTITY, command, run);
}

function reading(kind: Kind, command: Command, run: Run): void {
  command
    .command('list')
    .description('those of what you read, newest first')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ readonly items: readonly Shown[] }>({ path: kind.path });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'ID', of: ({ id }) => String(id) },
              { heading: 'STATE', of: ({ state }) => String(state) },
              { heading: 'AWAITING', of: ({ awaiting = [] }) => (awaiting as readonly string[]).join(' ') },
              { heading: 'POSSIBLE', of: ({ possible = [] }) => (possible as readonly string[]).join(' ') },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
  command
    .command('show <id>')
    .description('one, with what is missing and what is possible now')
    .action((id: string) => run((context, flags) => show(pathOf(kind, id), context, flags)));
}

function reasoned(kind: Kind, command: Command, name: string, description: string, run: Run): void {
  command
    .command(`${name} <id>`)
    .description(description)
    .requiredOption(...REASON_OPTION)
    .action((id: string, { reason }: { readonly reason: string }) =>
      run((context, flags) => judge(pathOf(kind, id), name, { reason }, context, flags)),
    );
}

function signing(kind: Kind & { readonly word: string }, command: Command, name: 'approve' | 'sign', description: string, run: Run): void {
  command
    .command(`${name} <id>`)
    .description(description)
    .requiredOption(...KEY_OPTION)
    .action((id: string, { signingKey }: { readonly signingKey: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const path = pathOf(kind, id);
        const seen = await gateway.json<Shown>({ path });
        if (kind.word === 'identity') throw usageError('an identity release is not signed');
        say(context, flags, [seen.marking ?? '', ...blockOf(seen.body), seen.marking ?? ''].join('\n'));
        const signature = await signShown(kind.word, seen.body, signingKey, context.cwd);
        return post(`${path}/${name}`, { signature }, context, flags, seen.etag);
      }),
    );
} // prettier-ignore

function pathOf(kind: Kind, id: string): string {
  return `${kind.path}/${encodeURIComponent(id)}`;
}

interface DraftOptions {
  readonly text: string;
  readonly marking: string;
  readonly value: readonly string[];
  readonly title?: string;
  readonly category?: string;
  readonly soWhat?: string;
  readonly textLang?: string;
}

function draftOf({ value, textLang, ...rest }: DraftOptions): Shown {
  return { ...rest, ...(textLang === undefined ? {} : { lang: textLang }), values: value.map(toValue) };
}

function toValue(word: string): { readonly kind: string; readonly value: string } {
  const colon = word.indexOf(':');
  if (colon < 1)
    throw usageError(`"${word}" does not say its kind`, 'write it as kind:value, such as domain:mirror.example');
  return { kind: word.slice(0, colon), value: word.slice(colon + 1) };
}
