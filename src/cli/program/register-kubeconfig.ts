import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { configOption } from '../options/config.js';
import type { GetKubeconfigFlags } from '../commands/get-kubeconfig.js';
import type { KubeconfigFlags } from '../commands/kubeconfig.js';
import { stateKeyOption } from '../options/state-flags.js';

/** Adds `rke kubeconfig`, and `rke util get-kubeconfig` as in RKE v1, to the command line. */
export function registerKubeconfig(
  { program, util }: { readonly program: Command; readonly util: Command },
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  withState(program.command('kubeconfig'))
    .description("print the administrator's kubeconfig, or merge it into your own")
    .option('--merge', 'merge into the first file of $KUBECONFIG, or ~/.kube/config', false)
    .option('--context <name>', 'name of cluster and context (default: the name of the cluster)')
    .option('--use', 'with --merge: set the current context', false)
    .option('--kubeconfig-file <file>', 'with --merge: merge into this file')
    .addHelpText(
      'after',
      `
The server is the first control plane that answers from this machine. With --merge, everything else in the file is kept,
and the previous file becomes .bak (docs/kubeconfig.md).

Examples:
  (umask 077; rke kubeconfig > admin.kubeconfig)
  rke kubeconfig --merge --use
  rke kubeconfig --merge --context prod --config prod/cluster.yml`,
    )
    .action(async (flags: KubeconfigFlags) => {
      const { kubeconfig } = await import('../commands/kubeconfig.js');
      setExitCode(await kubeconfig(flags, context));
    });

  withState(util.command('get-kubeconfig'))
    .description('write kube_config_cluster.yml from the state, the same as RKE v1')
    .option('--force', 'overwrite a kubeconfig that differs; the previous file becomes .bak', false)
    .addHelpText('after', '\nExamples:\n  rke util get-kubeconfig\n  rke util get-kubeconfig --force')
    .action(async (flags: GetKubeconfigFlags) => {
      const { getKubeconfig } = await import('../commands/get-kubeconfig.js');
      setExitCode(await getKubeconfig(flags, context));
    });
}

/** Flags of commands that read the state and contact no host by SSH. */
function withState(command: Command): Command {
  return command
    .addOption(configOption('cluster file; the state file is beside it'))
    .addOption(stateKeyOption())
    .option('-d, --debug', 'show the full error chain');
}
