// A new agency as a patch of the policy folder: for two persons to read, apply and sign.
// Holds: pure; nothing but one entry and the version is changed, so that a reader of the patch sees all of it.

/** The entry, as agencies.json has it. */
export interface AgencyEntry {
  readonly id: string;
  readonly kind: string;
  readonly name: { readonly en: string; readonly fr: string };
  readonly namespace: string;
  readonly cells: readonly string[];
  readonly groups: readonly string[];
}

/** The two files that a new agency changes, as text. */
export interface PolicyTexts {
  readonly agencies: string;
  readonly policy: string;
}

/** @returns the files with the agency in them and the next version; undefined where they are not laid out as shipped. */
export function withAgency({ agencies, policy }: PolicyTexts, entry: AgencyEntry): PolicyTexts | undefined {
  const end = agencies.lastIndexOf('\n    }\n  ]');
  const version = /^ {2}"version": (\d+),$/m.exec(policy);
  if (end === -1 || version === null) return undefined;
  const at = end + '\n    }'.length;
  return {
    agencies: `${agencies.slice(0, at)},\n${entryLines(entry)}${agencies.slice(at)}`,
    policy: policy.replace(version[0], `  "version": ${Number(version[1]) + 1},`),
  };
}

/** @returns a unified diff of one file with one place of change, as `git apply` takes it; empty where nothing differs. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  if (head === a.length && head === b.length) return '';
  const from = Math.max(0, head - CONTEXT);
  const after3 = Math.min(tail, CONTEXT);
  const isEnd = (line: string, at: number, all: readonly string[]): boolean => at === all.length - 1 && line === '';
  const shown = [
    ...a.slice(from, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, a.length - tail + after3).flatMap((line, at) => (isEnd(line, a.length - tail + at, a) ? [] : [` ${line}`])),
  ]; // prettier-ignore
  const count = (sign: string): number => shown.filter((line) => line.startsWith(' ') || line.startsWith(sign)).length;
  return [`--- a/${path}`, `+++ b/${path}`, `@@ -${from + 1},${count('-')} +${from + 1},${count('+')} @@`, ...shown, ''].join('\n'); // prettier-ignore
}

const CONTEXT = 3;

function entryLines({ id, kind, name, namespace, cells, groups }: AgencyEntry): string {
  const list = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  return `    {
      "id": ${JSON.stringify(id)},
      "kind": ${JSON.stringify(kind)},
      "name": { "en": ${JSON.stringify(name.en)}, "fr": ${JSON.stringify(name.fr)} },
      "namespace": ${JSON.stringify(namespace)},
      "cells": ${list(cells)},
      "groups": ${list(groups)}
    }`;
}
