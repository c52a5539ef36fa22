import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { shells, type Shell } from '../completion/scripts.js';
import { describeProgram } from './describe-program.js';

/** Adds `rke completion`, and the command that its scripts call, to the command line. */
export function registerCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .description('print the script that completes commands, flags and names in a shell')
    .addArgument(new Argument('<shell>', 'shell that the script is for').choices(shells))
    .addHelpText(
      'after',
      `
Nodes are those of the cluster file, snapshots those that rke etcd ls printed last. No host is contacted.

Examples:
  source <(rke completion bash)                                              # in this shell
  rke completion bash | sudo tee /etc/bash_completion.d/rke >/dev/null       # in all
  rke completion zsh > "\${fpath[1]}/_rke"                                    # before compinit in ~/.zshrc
  rke completion fish > ~/.config/fish/completions/rke.fish`,
    )
    .action(async (shell: Shell) => {
      const { printScript } = await import('../commands/completion.js');
      printScript(shell, context);
    });

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { printWords } = await import('../commands/completion.js');
      await printWords(words, describeProgram(program), context);
    });
}
