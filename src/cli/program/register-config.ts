import { Option, type Command } from 'commander';
import { withReadingFlags } from '../options/reading-flags.js';
import type { CommandContext } from '../command-context.js';
import { configOption } from '../options/config.js';
import { overlayOption } from '../options/overlay.js';
import type { ConfigFlags } from '../commands/config.js';
import type { ConfigInitFlags } from '../commands/config-init.js';

/**
 * Adds `rke config` to the command line.
 *
 * @returns the command, for its subcommands
 */
export function registerConfig(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): Command {
  const config = withReadingFlags(target(program.command('config')))
    .description('create a cluster.yml interactively; list Kubernetes versions and images')
    // Subcommands of `config` have `--name` and the like as well.
    .enablePositionalOptions()
    .option('-e, --empty', 'write a file with all keys to fill in, without prompts')
    .option(
      '-l, --list-version',
      'print the default Kubernetes version; with --all, the newest of each minor',
    )
    .option('-s, --system-images', 'print the images of a Kubernetes version, for air-gapped hosts')
    .option('--version <version>', 'with --system-images: the Kubernetes version')
    .option('--resolved', 'print the resolved cluster file: every default and its source')
    .addOption(configOption('with --resolved: the cluster file, or - for standard input'))
    .addOption(overlayOption())
    .addOption(
      new Option(
        '--from-cluster',
        'write the cluster.yml of a running cluster whose files are lost, from the state that the cluster keeps',
      ).conflicts(['resolved', 'systemImages', 'listVersion', 'empty']),
    )
    .option(
      '--kubeconfig <file>',
      'with --from-cluster: its kubeconfig (default: kube_config_ and the file to write)',
    )
    .option('-a, --all', 'with --list-version or --system-images: all current versions')
    .addOption(new Option('-o, --output <format>', 'output format of lists').choices(['text', 'json']))
    .addHelpText(
      'after',
      `
RANCHER_METADATA_URL sets another version catalogue: the URL or path of RKE's data.json.

Examples:
  rke config
  rke config --empty --name prod.yml
  rke config --resolved -o json
  rke config --from-cluster --kubeconfig admin.kubeconfig --name prod.yml
  rke config --list-version --all
  rke config --system-images --version v1.29.9-rancher1-1 | xargs -n 1 docker pull`,
    )
    .action(async (flags: ConfigFlags) => {
      const { config: run } = await import('../commands/config.js');
      setExitCode(await run(flags, context));
    });

  target(config.command('init <host...>'))
    .description('create a short cluster.yml from a list of hosts')
    .option('--user <name>', 'SSH user of hosts given without one (default: the current user)')
    .option('--ssh-key-path <file>', 'SSH private key for all hosts')
    .addHelpText(
      'after',
      `
The first host, or the first three, get the roles etcd and controlplane.

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
    .option('-n, --name <file>', 'file to write', 'cluster.yml')
    .option('-p, --print', 'print to stdout, write no file')
    .option('--force', 'overwrite an existing file')
    .option('-d, --debug', 'show the full error chain');
}
