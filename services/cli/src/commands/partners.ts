// partner, people: who takes part, changed by two administrators.
// Holds: what is approved is what was just read; a key is printed once, on stdout, with nothing else that could be piped
// beside it; a key of its own goes with every order. Source: services/gateway README.md#people-and-partners

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { collect, connect } from './command.ts';
import type { Registration, Run } from './command.ts';

interface Partner {
  readonly slug: string;
  readonly agency: string;
  readonly groups: readonly string[];
  readonly state: string;
  readonly since?: string;
  readonly key?: string;
  readonly proposal?: Proposal;
}

interface Person {
  readonly person: string;
  readonly state: string;
  readonly roles?: readonly string[];
  readonly agency?: string;
  readonly homeView?: string;
  readonly epoch?: number;
  readonly proposal?: Proposal;
}

interface Proposal {
  readonly by: string;
  readonly until: string;
}

/** Registers partner and people. */
export const registerPartners: Registration = (program, run) => {
  registerPartner(program.command('partner').description('partners: onboarded by two administrators, offboarded by one'), run);
  registerPeople(program.command('people').description('people: a change is proposed by one administrator and approved by another'), run);
}; // prettier-ignore

function registerPartner(partner: Command, run: Run): void {
  partner
    .command('list')
    .description('partners, and what waits for a second administrator')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Partner[] }>({ path: '/v1/partners' });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'PARTNER', of: ({ slug }) => slug },
              { heading: 'STATE', of: ({ state }) => state },
              { heading: 'GROUPS', of: ({ groups }) => groups.join(' ') },
              { heading: 'SINCE', of: ({ since }) => since ?? '' },
              { heading: 'PROPOSED BY', of: ({ proposal }) => proposal?.by ?? '' },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );

  partner
    .command('onboard <slug>')
    .description('propose a partner; another administrator approves')
    .option('--group <name>', 'a need-to-know group beside everybody’s; repeatable', collect, [])
    .option('--name <text>', 'what it is called, in English')
    .option('--name-fr <text>', 'the same in French')
    .addHelpText(
      'before',
      'Examples:\n  sitebus partner onboard harbour-lab --group research --as administrator\n  sitebus partner approve harbour-lab --as edgar-nkemelu\n',
    )
    .action((slug: string, { group, name, nameFr }: { group: readonly string[]; name?: string; nameFr?: string }) =>
      run(async (context, flags) => {
        if ((name === undefined) !== (nameFr === undefined))
          throw usageError('a name exists in both languages or not at all', 'give --name and --name-fr');
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Partner>({
          method: 'POST',
          path: '/v1/partners',
          json: { slug, groups: group, ...(name !== undefined && { name: { en: name, fr: nameFr } }) },
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`${slug} is proposed until ${answer.body.proposal?.until ?? '?'}`]);
        say(context, flags, `next: another administrator runs  sitebus partner approve ${slug}`);
        return EXIT.done;
      }),
    );

  partner
    .command('approve <slug>')
    .description('onboard what another administrator proposed; prints the key of its system, once')
    .action((slug: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const path = `/v1/partners/${encodeURIComponent(slug)}`;
        const answer = await gateway.json<Partner>({
          method: 'POST',
          path: `${path}/approve`,
          headers: { 'if-match': await etagOf(gateway, path), 'idempotency-key': randomUUID() },
        });
        printKey(context, flags, answer.body);
        say(context, flags, `${answer.body.agency} may publish now; the key above is shown this once`);
        return EXIT.done;
      }),
    );

  partner
    .command('rotate-key <slug>')
    .description('end the keys of its system; prints the new one, once')
    .action((slug: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Partner>({
          method: 'POST',
          path: `/v1/partners/${encodeURIComponent(slug)}/rotate-key`,
          headers: { 'idempotency-key': randomUUID() },
        });
        printKey(context, flags, answer.body);
        say(context, flags, 'the keys before it open nothing any more');
        return EXIT.done;
      }),
    );

  partner
    .command('offboard <slug>')
    .description('end its keys, people and streams at once; what it wrote stays')
    .action((slug: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Partner>({
          method: 'POST',
          path: `/v1/partners/${encodeURIComponent(slug)}/offboard`,
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`${slug} ${answer.body.state}`]);
        return EXIT.done;
      }),
    );
}

function registerPeople(people: Command, run: Run): void {
  people
    .command('list')
    .description('people, and what waits for a second administrator')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Person[] }>({ path: '/v1/people' });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'PERSON', of: ({ person }) => person },
              { heading: 'STATE', of: ({ state }) => state },
              { heading: 'ROLES', of: ({ roles = [] }) => roles.join(' ') },
              { heading: 'AGENCY', of: ({ agency }) => agency ?? '' },
              { heading: 'VIEW', of: ({ homeView }) => homeView ?? '' },
              { heading: 'PROPOSED BY', of: ({ proposal }) => proposal?.by ?? '' },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );

  people
    .command('propose')
    .description('propose somebody’s whole row; another administrator approves, and nobody their own')
    .requiredOption('--file <path>', 'the row as JSON')
    .addHelpText('before', 'Examples:\n  sitebus people propose --file row.json --as administrator\n')
    .action(({ file }: { file: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Person>({
          method: 'POST',
          path: '/v1/people',
          json: await jsonIn(file),
          headers: { 'idempotency-key': randomUUID() },
        });
        const { person, proposal } = answer.body;
        printAnswer(context, flags, answer, () => [`${person} is proposed until ${proposal?.until ?? '?'}`]);
        return EXIT.done;
      }),
    );

  people
    .command('approve <person>')
    .description('put into force what another administrator proposed')
    .action((person: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const path = `/v1/people/${encodeURIComponent(person)}`;
        const answer = await gateway.json<Person>({
          method: 'POST',
          path: `${path}/approve`,
          headers: { 'if-match': await etagOf(gateway, path), 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`${person} in force, epoch ${answer.body.epoch ?? '?'}`]);
        return EXIT.done;
      }),
    );
}

/** Alone, so that it can be piped into a file: no marking stands around it, and none applies to it. */
function printKey(context: CliContext, flags: GlobalFlags, partner: Partner): void {
  printAnswer(context, flags, { marking: undefined, body: partner }, () => [partner.key ?? '']);
}

/** What is approved is what stands there now; one that changes in between is refused. */
async function etagOf(gateway: Gateway, path: string): Promise<string> {
  return (await gateway.json({ path })).etag ?? '';
}

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new CliError(EXIT.usage, `${file} is no JSON that can be read`, { next: 'check the path', cause });
  }
}
