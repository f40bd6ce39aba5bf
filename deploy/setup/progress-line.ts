// One line of progress: rewritten in place on a terminal, appended sparsely anywhere else.
import type { DownloadProgress } from './jvm-parts.ts';

/** A line that follows a download, then ends with a sentence. */
export interface ProgressLine {
  readonly bytes: (progress: DownloadProgress) => void;
  readonly end: (words: string) => void;
}

const APPEND_EVERY_PERCENT = 25;

/** @param name the first column, as in the six lines of `npm start` */
export function progressLine(stream: NodeJS.WriteStream, name: string): ProgressLine {
  const column = name.padEnd(10);
  let nextPercent = 0;
  return {
    bytes({ doneBytes, totalBytes }) {
      const percent = totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100);
      const words = `${column} ${(doneBytes / 1e6).toFixed(0)} of ${(totalBytes / 1e6).toFixed(0)} MB, ${percent} %`;
      if (stream.isTTY) stream.write(`\r${words}   `);
      else if (percent >= nextPercent) {
        stream.write(`${words}\n`);
        nextPercent = percent + APPEND_EVERY_PERCENT;
      }
    },
    end(words) {
      stream.write(`${stream.isTTY ? '\r' : ''}${column} ${words}\n`);
    },
  };
}
