import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { MigrateFlags } from '../commands/config-migrate.js';
import type { ValidateFlags } from '../commands/config-validate.js';
import { withReadingFlags } from './reading-flags.js';

/** Puts the commands under `rke config` on the command line that read a cluster file and contact nobody. */
export function registerConfigChecks(
  config: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  withReadingFlags(file(config.command('validate')))
    .description('check a cluster file, all mistakes at once; nothing is contacted')
    .option('--strict', 'take warnings for errors')
    .addOption(new Option('-o, --output <format>', 'how mistakes are printed').choices(['text', 'json']))
    .addHelpText(
      'after',
      `
Exit code 0 for a file that can be used, 3 for one with mistakes.

Examples:
  rke config validate
  rke config validate --strict -o json --config prod/cluster.yml`,
    )
    .action(async (flags: ValidateFlags) => {
      const { configValidate } = await import('../commands/config-validate.js');
      setExitCode(await configValidate(flags, context));
    });

  file(config.command('migrate'))
    .description('rewrite what old files hold and this program takes no longer; comments stay')
    .option('--write', 'change the file itself; the old one is kept beside it as .bak')
    .addHelpText(
      'after',
      `
Retired keys are taken away, and where kubernetes_version is not set under a pinned image, the version that fits the image
is written. Without --write the new text is printed.

Examples:
  rke config migrate | diff cluster.yml -
  rke config migrate --write`,
    )
    .action(async (flags: MigrateFlags) => {
      const { configMigrate } = await import('../commands/config-migrate.js');
      setExitCode(await configMigrate(flags, context));
    });
}

function file(command: Command): Command {
  return command
    .addOption(new Option('-c, --config <file>', 'cluster file').default('cluster.yml').env('RKE_CONFIG'))
    .option('-d, --debug', 'show causes of errors');
}
