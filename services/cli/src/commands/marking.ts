// marking parse, join, check: the same kernel as everywhere, offline.
// Holds: no server is asked; a fault names its index in what was typed; exit code 1 on a fault.

import { join as joinPath } from 'node:path';
import { cellOf, cellsOf, join, parse, print } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { loadPolicy } from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Registration } from './command.ts';

/** Registers the marking commands. */
export const registerMarking: Registration = (program, run) => {
  const marking = program.command('marking').description('read, join and check markings; works offline');
  marking
    .command('parse <text...>')
    .description('canonical form, axes, cell, and which views read it')
    .addHelpText(
      'before',
      "Examples:\n  sitebus marking parse 'SECRET//REL TO CAN, GBR'\n  sitebus marking parse 'PROTECTED B//CANADIAN EYES ONLY' --json\n",
    )
    .action((texts: readonly string[]) => run((context, flags) => explainAll(context, flags, texts, (each) => each)));
  marking
    .command('join <text...>')
    .description('the lowest marking that protects all of them')
    .action((texts: readonly string[]) =>
      run((context, flags) => explainAll(context, flags, texts, (each) => [each.reduce((a, b) => join(a, b))])),
    );
  marking
    .command('check <text...>')
    .description('whether each is exactly canonical; nothing is printed when all are')
    .action((texts: readonly string[]) =>
      run(async (context, flags) => {
        const policy = await readPolicy(context);
        const markings = texts.map((text) => readOne(text, policy));
        if (flags.json)
          markings.forEach((each) =>
            context.out(`${JSON.stringify({ marking: print(each, policy), canonical: true })}\n`),
          );
        return EXIT.done;
      }),
    );
};

async function explainAll(
  context: CliContext,
  flags: GlobalFlags,
  texts: readonly string[],
  combine: (markings: readonly Marking[]) => readonly Marking[],
): Promise<number> {
  const policy = await readPolicy(context);
  for (const marking of combine(texts.map((text) => readOne(text, policy)))) {
    const answer = explain(marking, policy);
    context.out(flags.json ? `${JSON.stringify(answer)}\n` : `${linesOf(answer).join('\n')}\n`);
  }
  return EXIT.done;
}

const readPolicy = (context: CliContext): Promise<Policy> =>
  loadPolicy(joinPath(contractFolder(context.env), 'policy'));

function readOne(text: string, policy: Policy): Marking {
  try {
    return parse(text, policy);
  } catch (error) {
    const fault = error as { readonly code?: string; readonly index?: number };
    if (fault.code === undefined) throw error;
    const index = fault.index ?? 0;
    throw new CliError(EXIT.failed, `${fault.code} at index ${index}`, {
      where: [text, `${' '.repeat(index)}^`],
      next: 'the text form is described in services/marking/README.md',
      cause: error,
    });
  }
}

interface Explained {
  readonly marking: string;
  readonly axes: Marking;
  /** null where no cell may hold it: nobody could publish it. */
  readonly cell: string | null;
  readonly views: readonly string[];
}

function explain(marking: Marking, policy: Policy): Explained {
  const cell = cellOf(marking, policy.cells);
  const views = policy.views.filter(
    ({ clearance }) => cell !== undefined && cellsOf(clearance, policy.cells).some(({ id }) => id === cell.id),
  );
  return { marking: print(marking, policy), axes: marking, cell: cell?.id ?? null, views: views.map(({ id }) => id) };
}

function linesOf({ marking, axes, cell, views }: Explained): string[] {
  return [
    marking,
    `cell   ${cell ?? 'none: no cell may hold it, so nobody can publish it'}`,
    `views  ${views.length === 0 ? 'none' : views.join(', ')}`,
    `axes   ${Object.entries(axes)
      .map(([axis, value]) => `${axis} ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`)
      .join(' · ')}`,
    marking,
  ];
}
