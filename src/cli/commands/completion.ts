import type { CommandContext } from '../command-context.js';
import type { CommandNode } from '../completion/command-node.js';
import { completeWords, type Completion, type Word } from '../completion/complete-words.js';
import { readNodeNames } from '../completion/node-names.js';
import { completionScripts, type Shell } from '../completion/scripts.js';
import { readSnapshotNames } from '../completion/snapshot-names.js';

/** `rke completion`: prints the script of a shell. */
export function printScript(shell: Shell, { io }: Pick<CommandContext, 'io'>): void {
  io.stdout.write(completionScripts[shell]);
}

/**
 * What the scripts call: prints what can follow on a command line. The first line is `files`, `directories` or `words`; then each
 * line has a word, and after a tab its description. Reads local files only, and ignores what it cannot read.
 */
export function printWords(
  words: readonly string[],
  program: CommandNode,
  { io }: Pick<CommandContext, 'io'>,
): void {
  const completion = completeWords(program, words);
  const { source, prefix } = completion;
  const isPath = source === 'files' || source === 'directories';
  const lines = isPath
    ? []
    : findWords(completion, words.at(-1) ?? '', io).map(
        ({ text, description }) => `${prefix}${text}\t${description}`,
      );
  io.stdout.write([isPath ? source : 'words', ...lines, ''].join('\n'));
}

function findWords(
  { source, prefix, words, config: given, overlays }: Completion,
  current: string,
  { env, cwd }: CommandContext['io'],
): readonly Word[] {
  if (source === 'words') return words;
  const config = given ?? env['RKE_CONFIG'] ?? 'cluster.yml';
  const names =
    source === 'nodes' ? readNodeNames([config, ...overlays], cwd) : readSnapshotNames({ config, env, cwd });
  return names
    .filter((name) => `${prefix}${name}`.startsWith(current) && !prefix.split(/[,=]/).includes(name))
    .map((text) => ({ text, description: source === 'nodes' ? 'node' : 'snapshot' }));
}
