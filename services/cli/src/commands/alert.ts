// alert ack, assign, escalate, close: what is decided about alerts, several at once.
// Holds: each decision is about the alert as it was just read; one that fails costs no other, and the exit code says so; what
// undoes a decision is printed. Source: services/gateway README.md#stream

import { CliError, EXIT } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Alert {
  readonly id: string;
  readonly triage?: { readonly state?: string };
}

/** The word on the command line, and the state it stands for. */
const DECISIONS = [
  ['ack', 'ACKNOWLEDGED', 'take note of alerts'],
  ['assign', 'ASSIGNED', 'give alerts to somebody'],
  ['escalate', 'ESCALATED', 'pass alerts upwards'],
  ['close', 'CLOSED', 'put alerts away'],
] as const;

/** Registers the decisions. */
export const registerAlert: Registration = (program, run) => {
  const alert = program.command('alert').description('what is decided about alerts; undone by another decision');
  for (const [word, state, description] of DECISIONS)
    alert
      .command(`${word} <ids...>`)
      .description(description)
      .requiredOption('--reason <text>', 'why; everybody who reads the alert sees it')
      .option('--assignee <person>', 'who has it from now on')
      .addHelpText('before', `Examples:\n  sitebus alert ${word} ID --reason 'Seen.' --as analyst\n  sitebus alert ${word} ID ID --reason 'Known test.' --as analyst --json\n`)
      .action((ids: readonly string[], { reason, assignee }: { readonly reason: string; readonly assignee?: string }) =>
        run(async (context, flags) => {
          const { gateway } = await connect(context, flags);
          let refused = 0;
          for (const id of ids) {
            const path = `/v1/alerts/${encodeURIComponent(id)}`;
            try {
              const { etag = '' } = await gateway.json<Alert>({ path });
              const json = { state, reason, ...(assignee !== undefined && { assignee }) };
              const answer = await gateway.json<Alert>({ method: 'PATCH', path, json, headers: { 'if-match': etag } });
              printAnswer(context, flags, answer, () => [`${id} ${state}`]);
            } catch (error) {
              if (!(error instanceof CliError) || ids.length === 1) throw error;
              refused += 1;
              say(context, flags, `${id}: ${error.message}`);
            }
          }
          say(context, flags, 'undone by another decision, such as  sitebus alert ack ID --reason TEXT');
          return refused === 0 ? EXIT.done : EXIT.partlyRefused;
        }),
      );
}; // prettier-ignore
