import { Option, type Command } from 'commander';
import { withReadingFlags } from './reading-flags.js';
import type { CommandContext } from '../command-context.js';
import type { ConfigFlags } from '../commands/config.js';
import type { ConfigInitFlags } from '../commands/config-init.js';

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
  const config = withReadingFlags(target(program.command('config')))
    .description('make a cluster.yml by questions, and list Kubernetes versions and their images')
    // `--name` and the like stand under commands of `config` as well.
    .enablePositionalOptions()
    .option('-e, --empty', 'do not ask; make a file with all keys to fill in')
    .option(
      '-l, --list-version',
      'print the default Kubernetes version; with --all, the newest of each minor',
    )
    .option('-s, --system-images', 'print the images of a Kubernetes version, for places without a network')
    .option('--version <version>', 'with --system-images: the Kubernetes version')
    .option('--resolved', 'print the cluster of a file with every default, and where each comes from')
    .addOption(
      new Option('-c, --config <file>', 'with --resolved: the cluster file')
        .default('cluster.yml')
        .env('RKE_CONFIG'),
    )
    .option('-a, --all', 'with --list-version or --system-images: all current versions')
    .addOption(new Option('-o, --output <format>', 'how lists are printed').choices(['text', 'json']))
    .addHelpText(
      'after',
      `
RANCHER_METADATA_URL names another version catalogue: the URL or path of RKE's data.json.

Examples:
  rke config
  rke config --empty --name prod.yml
  rke config --resolved -o json
  rke config --list-version --all
  rke config --system-images --version v1.29.9-rancher1-1 | xargs -n 1 docker pull`,
    )
    .action(async (flags: ConfigFlags) => {
      const { config: run } = await import('../commands/config.js');
      setExitCode(await run(flags, context));
    });

  target(config.command('init <host...>'))
    .description('make a short cluster.yml from a list of hosts')
    .option('--user <name>', 'who logs in where a host does not say; you, unless given')
    .option('--ssh-key-path <file>', 'private key for all hosts')
    .addHelpText(
      'after',
      `
The first host, or the first three, hold etcd and the control plane.

Examples:
  rke config init ops@10.0.0.11
  rke config init --user ops 10.0.0.11 10.0.0.12:2222 10.0.0.13
  rke config init --print ops@[fd00::11]:22`,
    )
    .action(async (hosts: string[], flags: ConfigInitFlags) => {
      const { configInit } = await import('../commands/config-init.js');
      setExitCode(await configInit(hosts, flags, context));
    });
  return config;
}

function target(command: Command): Command {
  return command
    .option('-n, --name <file>', 'file to make', 'cluster.yml')
    .option('-p, --print', 'print it instead')
    .option('--force', 'replace a file that is there')
    .option('-d, --debug', 'show causes of errors');
}
