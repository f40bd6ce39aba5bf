// Questions to a person at a terminal: a yes, or a secret that is not shown.
// Holds: nothing is asked where stdin is no terminal or --no-input stands; no answer is a no; a secret reaches no stream.

import type { Readable } from 'node:stream';
import type { CliContext, GlobalFlags } from './context.ts';
import { CliError, EXIT } from './errors.ts';

/** What a terminal's stdin has beyond a stream. */
interface TerminalInput extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** True where somebody sits who may be asked. */
export const mayAsk = (context: CliContext, flags: GlobalFlags): boolean =>
  flags.input !== false && (context.stdin as TerminalInput).isTTY === true;

/** Asks on stderr for a yes. @returns true for `y` or `yes` alone (`o`, `oui` too). */
export async function askYes(context: CliContext, question: string): Promise<boolean> {
  context.err(`${question} [y/N] `);
  return /^(y|yes|o|oui)$/i.test((await readLine(context)).trim());
}

/** Asks on stderr for a secret; what is typed is shown nowhere. Throws a CliError 130 on Ctrl-C. */
export async function askSecret(context: CliContext, question: string): Promise<string> {
  const stdin = context.stdin as TerminalInput;
  context.err(`${question}: `);
  stdin.setRawMode?.(true);
  try {
    return (await readLine(context)).trim();
  } finally {
    stdin.setRawMode?.(false);
    context.err('\n');
  }
}

const CTRL_C = '\u0003';
const BACKSPACE = /[\b\u007f]/;

/** Reads up to a line's end, as a terminal in either mode gives it. */
function readLine({ stdin }: CliContext): Promise<string> {
  let line = '';
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    const end = (finish: () => void): void => {
      stdin.off('data', onText).off('end', onClose).pause();
      finish();
    };
    const onClose = (): void => end(() => resolve(line));
    const onText = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(line));
        if (character === CTRL_C) return end(() => reject(new CliError(EXIT.interrupted, 'interrupted')));
        line = BACKSPACE.test(character) ? line.slice(0, -1) : line + character;
      }
    };
    stdin.on('data', onText).on('end', onClose).resume();
  });
}
