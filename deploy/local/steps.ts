// Progress of a start on stderr: one line a step, rewritten in place on a terminal, appended plainly elsewhere.
// Holds: a step that failed says so on its own line before the error is thrown on.

import pc from 'picocolors';

export interface Steps {
  /** Runs one step; `say` replaces what the running line shows; the returned text is what the finished line says. */
  run<T>(name: string, work: (say: (text: string) => void) => Promise<readonly [T, string]>): Promise<T>;
}

/** Where lines go: a terminal, or anything that takes text. */
export interface StepOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const NAME_COLUMNS = 11;

/** Reports steps on `output`, by default stderr, so that stdout stays the card's. */
export function createSteps(output: StepOutput = process.stderr): Steps {
  const inPlace = output.isTTY === true;
  const line = (mark: string, name: string, text: string) => `${mark} ${name.padEnd(NAME_COLUMNS)}${text}`;
  return {
    async run(name, work) {
      let shown = '';
      const say = (text: string) => {
        if (text === shown) return;
        shown = text;
        if (inPlace) output.write(`\r\u001b[2K${line(pc.yellow('…'), name, text)}`);
        else output.write(`${line('…', name, text)}\n`);
      };
      const finish = (mark: string, text: string) =>
        output.write(`${inPlace ? '\r\u001b[2K' : ''}${line(mark, name, text)}\n`);
      if (inPlace) say('');
      try {
        const [value, text] = await work(say);
        finish(pc.green('✔'), text);
        return value;
      } catch (error) {
        finish(pc.red('✖'), error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'failed');
        throw error;
      }
    },
  };
}
