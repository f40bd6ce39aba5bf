// Lines of a new file, which takes its name when it is whole.
// Holds: what stood under the name before stays until then, and stays for good if a write fails; memory is one buffer.

import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { outputUnwritable } from '../errors.ts';

const BUFFER_CHARS = 65_536;

/** A file being written. Every method rejects with OUTPUT_UNWRITABLE. */
export class LineFile {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #buffer = '';

  constructor(path: string) {
    this.#path = path;
  }

  async add(line: string): Promise<void> {
    this.#buffer += `${line}\n`;
    if (this.#buffer.length > BUFFER_CHARS) await this.#guarded(() => this.#flush());
  }

  /** Writes what is left, and gives the file its name; without a line an empty file. */
  async finish(): Promise<void> {
    await this.#guarded(async () => {
      await this.#flush();
      await this.#handle?.close();
      await rename(this.#partial, this.#path);
    });
  }

  /** Gives up: what stood under the name stays. */
  async discard(): Promise<void> {
    await this.#handle?.close().catch(() => undefined); // it may be the handle that failed
    await rm(this.#partial, { force: true });
  }

  async #flush(): Promise<void> {
    this.#handle ??= await open(this.#partial, 'w');
    const text = this.#buffer;
    this.#buffer = '';
    await this.#handle.writeFile(text);
  }

  async #guarded(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      await this.discard();
      throw outputUnwritable({ file: this.#path }, cause);
    }
  }

  get #partial(): string {
    return `${this.#path}.partial`;
  }
}
