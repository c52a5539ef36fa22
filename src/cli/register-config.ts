import { Option, type Command } from 'commander';
import type { CommandContext } from './command-context.js';
import type { ConfigFlags } from './commands/config.js';

/**
 * Puts `rke config` on the command line.
 *
 * @returns the command, for those that stand under it
 */
export function registerConfig(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): Command {
  const config = program
    .command('config')
    .description('list Kubernetes versions and their images')
    // `--name` and the like may stand under a command of its own as well.
    .enablePositionalOptions()
    .option(
      '-l, --list-version',
      'print the default Kubernetes version; with --all, the newest of each minor',
    )
    .option('-s, --system-images', 'print the images of a Kubernetes version, for places without a network')
    .option('--version <version>', 'with --system-images: the Kubernetes version')
    .option('-a, --all', 'with --list-version or --system-images: all current versions')
    .addOption(outputOption())
    .option('-d, --debug', 'show causes of errors')
    .addHelpText(
      'after',
      `
RANCHER_METADATA_URL names another version catalogue: the URL or path of RKE's data.json.

Examples:
  rke config --list-version --all
  rke config --system-images --version v1.29.9-rancher1-1 | xargs -n 1 docker pull`,
    )
    .action(async (flags: ConfigFlags) => {
      const { config: run } = await import('./commands/config.js');
      setExitCode(await run(flags, context));
    });
  return config;
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how lists are printed')
    .choices(['text', 'json'])
    .default('text');
}
