// completion: a script that completes commands and flags in bash, zsh or fish.
// Holds: made from the program itself, so that it lists every command that there is; words alone, of letters and dashes, so
// that nothing in it is ever run. Source: README.md#completion

import type { Command } from 'commander';
import { EXIT, usageError } from '../errors.ts';
import type { Registration } from './command.ts';

/** What may follow each chain of commands; the empty chain is the program's own. */
type WordsAfter = ReadonlyMap<string, readonly string[]>;

const SHELLS: Readonly<Record<string, (words: WordsAfter) => string>> = { bash: inBash, zsh: inZsh, fish: inFish };

/** Registers completion; the other commands must be registered too. */
export const registerCompletion: Registration = (program, run) => {
  program
    .command('completion <shell>')
    .description(`a completion script for ${Object.keys(SHELLS).join(', ')}`)
    .addHelpText(
      'before',
      'Examples:\n  source <(sitebus completion bash)\n  sitebus completion fish > ~/.config/fish/completions/sitebus.fish\n',
    ) // prettier-ignore
    .action((shell: string) =>
      run(async (context) => {
        const render = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
        if (render === undefined)
          throw usageError(`no completion is known for ${shell}`, `one of ${Object.keys(SHELLS).join(', ')}`);
        context.out(render(wordsAfter(program)));
        return EXIT.done;
      }),
    );
};

function wordsAfter(program: Command): WordsAfter {
  const words = new Map<string, readonly string[]>();
  const everywhere = flagsOf(program);
  const visit = (command: Command, path: readonly string[]): void => {
    const names = command.commands.flatMap((child) => [child.name(), ...child.aliases()]);
    words.set(path.join(' '), [...names.sort(), ...new Set([...flagsOf(command), ...everywhere])]);
    for (const child of command.commands)
      for (const name of [child.name(), ...child.aliases()]) visit(child, [...path, name]);
  };
  visit(program, []);
  return words;
}

const flagsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long }) => (long == null ? [] : [long])),
  '--help',
];

/** The longest chain that is known: what follows it in a line are arguments. */
const CHAIN_IN_BASH = `  local chain="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${chain:+$chain }$word" in
CHAINS
    esac
  done`;

function inBash(words: WordsAfter): string {
  const chains = [...words.keys()].filter((chain) => chain !== '');
  return `# bash completion of sitebus
_sitebus() {
${CHAIN_IN_BASH.replace('CHAINS', `      ${chains.map((chain) => `"${chain}"`).join('|')}) chain="\${chain:+$chain }$word" ;;`)}
  local words=""
  case "$chain" in
${[...words].map(([chain, each]) => `    "${chain}") words="${each.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sitebus sitebus
`;
}

function inZsh(words: WordsAfter): string {
  const chains = [...words.keys()].filter((chain) => chain !== '');
  return `#compdef sitebus
_sitebus() {
  local chain="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${chain:+$chain }$word" in
      ${chains.map((chain) => `"${chain}"`).join('|')}) chain="\${chain:+$chain }$word" ;;
    esac
  done
  case "$chain" in
${[...words].map(([chain, each]) => `    "${chain}") compadd -- ${each.join(' ')} ;;`).join('\n')}
  esac
  _files
}
compdef _sitebus sitebus
`;
}

function inFish(words: WordsAfter): string {
  const lines = [...words].map(([chain, each]) => {
    const names = each.filter((word) => !word.startsWith('--'));
    const flags = each.filter((word) => word.startsWith('--'));
    const after = `-n '__sitebus_chain_is "${chain}"'`;
    return [
      ...(names.length === 0 ? [] : [`complete -c sitebus ${after} -f -a '${names.join(' ')}'`]),
      ...flags.map((flag) => `complete -c sitebus ${after} -l ${flag.slice(2)}`),
    ].join('\n');
  });
  const chains = [...words.keys()].filter((chain) => chain !== '');
  return `# fish completion of sitebus
function __sitebus_chain_is
  set -l chain ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$chain $word")
    switch $longer
      case ${chains.map((chain) => `'${chain}'`).join(' ')}
        set chain $longer
    end
  end
  test "$chain" = "$argv[1]"
end
${lines.join('\n')}
`;
}
