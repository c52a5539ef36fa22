import type { CommandContext } from '../command-context.js';
import { readAddonNames } from '../completion/addon-names.js';
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
export async function printWords(
  words: readonly string[],
  program: CommandNode,
  context: CommandContext,
): Promise<void> {
  const completion = completeWords(program, words);
  const { source, prefix } = completion;
  const isPath = source === 'files' || source === 'directories';
  const found = isPath ? [] : await findWords(completion, words.at(-1) ?? '', context);
  const lines = found.map(({ text, description }) => `${prefix}${text}\t${description}`);
  context.io.stdout.write([isPath ? source : 'words', ...lines, ''].join('\n'));
}

/** What the names of a source are called. */
const kinds = { nodes: 'node', snapshots: 'snapshot', addons: 'add-on' } as const;

async function findWords(
  { source, prefix, words, config: given, overlays }: Completion,
  current: string,
  { io, signal }: CommandContext,
): Promise<readonly Word[]> {
  if (!(source in kinds)) return words;
  const { env, cwd } = io;
  const config = given ?? env['RKE_CONFIG'] ?? 'cluster.yml';
  const kind = source as keyof typeof kinds;
  const names = {
    nodes: () => readNodeNames([config, ...overlays], cwd),
    snapshots: () => readSnapshotNames({ config, env, cwd }),
    addons: () => readAddonNames({ config, overlays, io, signal }),
  };
  return (await names[kind]())
    .filter((name) => `${prefix}${name}`.startsWith(current) && !prefix.split(/[,=]/).includes(name))
    .map((text) => ({ text, description: kinds[kind] }));
}
