import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { configOption } from '../options/config.js';
import { overlayOption } from '../options/overlay.js';
import type { MigrateFlags } from '../commands/config-migrate.js';
import type { ValidateFlags } from '../commands/config-validate.js';
import { withReadingFlags } from '../options/reading-flags.js';

/** Adds the subcommands of `rke config` that read a cluster file and contact no host. */
export function registerConfigChecks(
  config: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  withReadingFlags(file(config.command('validate')).addOption(overlayOption()))
    .description('check the cluster file and report all errors; contacts no host')
    .option('--strict', 'report warnings as errors')
    .addOption(new Option('-o, --output <format>', 'output format').choices(['text', 'json']))
    .addHelpText(
      'after',
      `
Exit code 0 if the file is valid, 3 if not.

Examples:
  rke config validate
  rke config validate --strict -o json --config prod/cluster.yml`,
    )
    .action(async (flags: ValidateFlags) => {
      const { configValidate } = await import('../commands/config-validate.js');
      setExitCode(await configValidate(flags, context));
    });

  file(config.command('migrate'))
    .description('replace retired keys of a cluster file; comments are kept')
    .option('--write', 'write the result to the file; the previous file becomes .bak')
    .addHelpText(
      'after',
      `
If an image is pinned and kubernetes_version is not set, it is set to the version of the image. Without --write, the
result is printed.

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
  return command.addOption(configOption()).option('-d, --debug', 'show the full error chain');
}
