import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from '../../core/errors.js';
import type { CommandContext } from '../command-context.js';
import { registerAddon } from './register-addon.js';
import { registerConfigChecks } from './register-config-checks.js';
import { registerCert } from './register-cert.js';
import { registerCompletion } from './register-completion.js';
import { registerConfig } from './register-config.js';
import { registerEncrypt } from './register-encrypt.js';
import { registerEtcd } from './register-etcd.js';
import { registerKubeconfig } from './register-kubeconfig.js';
import { registerRecover } from './register-recover.js';
import { registerState } from './register-state.js';
import { drainTimeoutOption, timeoutOption } from '../options/timeout.js';
import { breakLockOption, stateKeyOption } from '../options/state-flags.js';
import { addonWaitOption } from '../options/addon-wait.js';
import { configOption, configsOption } from '../options/config.js';
import { overlayOption } from '../options/overlay.js';
import { dindOption, dindSettingOptions, dindUpOption } from '../options/dind.js';
import { allowNetworkChangeOption } from '../options/allow-network-change.js';
import { forceVersionOption } from '../options/force-version.js';
import { ignoreUnreachableOption } from '../options/ignore-unreachable.js';
import { updateOnlyOption } from '../options/update-only.js';
import { noSnapshotOption } from '../options/no-snapshot.js';
import { hooksOption } from '../options/hooks.js';
import { nodesOption } from '../options/nodes.js';
import { pruneNamespacesOption } from '../options/prune-namespaces.js';
import { withReadingFlags } from '../options/reading-flags.js';
import { registerNode } from './register-node.js';
import { registerOnNodes } from './register-on-nodes.js';
import { registerPlan } from './register-plan.js';
import { registerPrepare } from './register-prepare.js';
import { registerStatus } from './register-status.js';
import { version } from '../version.js';
import type { RemoveFlags } from '../commands/remove.js';
import type { UpFlags } from '../commands/up.js';

/**
 * Runs the command that the arguments name.
 *
 * @returns its exit code; 2 if the arguments are invalid (commander has printed the reason)
 * @throws what the command throws
 */
export async function runProgram(argv: readonly string[], context: CommandContext): Promise<number> {
  let exitCode: number = exitCodes.ok;
  try {
    await createProgram({ ...context, setExitCode: (code) => (exitCode = code) }).parseAsync([...argv], {
      from: 'user',
    });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

/**
 * The command line as a tree. Actions import what they need when they run, so that `rke --version` and help do not load
 * SSH, Docker or certificates.
 */
export function createProgram({
  setExitCode,
  ...context
}: CommandContext & { readonly setExitCode: (code: number) => void }): Command {
  const { io } = context;
  const program = new Command('rke')
    .description('turn Linux hosts with Docker into a Kubernetes cluster')
    .version(`rke version v${version}`, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    // A flag belongs to the command before it: `rke config --version` is a Kubernetes version.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .addHelpText(
      'after',
      `
Examples:
  rke config init ops@10.0.0.11    create a cluster.yml
  rke up                           create the cluster, or apply what changed in cluster.yml
  rke remove                       delete the cluster from its hosts`,
    );

  common(program.command('up'), configOption(), dindUpOption())
    .description('create the cluster, or apply what changed in cluster.yml')
    .addOption(breakLockOption())
    .addOption(
      new Option('--pull-concurrency <images>', 'images that a host pulls in parallel')
        .default(3)
        .argParser(positiveInteger),
    )
    .option('--custom-certs', 'use custom certificates from --cert-dir (see docs/certificates.md)')
    .option('--cert-dir <directory>', 'directory of the custom certificates (default: <cluster file>_certs)')
    .option('--disable-port-check', 'skip the connectivity check between hosts')
    .addOption(allowNetworkChangeOption())
    .addOption(forceVersionOption())
    .addOption(ignoreUnreachableOption())
    .addOption(updateOnlyOption())
    .addOption(noSnapshotOption())
    .addOption(nodesOption().conflicts(['allowNetworkChange']))
    .addOption(addonWaitOption())
    .addOption(
      new Option('--dry-run', 'print what would be done and change nothing, like rke plan').conflicts('plan'),
    )
    .option('--plan <file>', 'apply a plan saved by rke plan --out; refuse to do anything else')
    .option('--yes', 'confirm a plan that destroys something, such as the removal of a node')
    .addOption(drainTimeoutOption())
    .addOption(timeoutOption())
    .addOption(hooksOption())
    .addOption(pruneNamespacesOption())
    .addOption(dindSettingOptions.image())
    .addOption(dindSettingOptions.storageDriver())
    .addOption(dindSettingOptions.dnsServer())
    .addHelpText(
      'after',
      '\nExamples:\n  rke up\n  rke up --config prod/cluster.yml --log-format json\n  rke up --disable-port-check\n  rke up --plan plan.json --timeout 30m\n  rke up --custom-certs --cert-dir ./pki\n  rke up --dind 3',
    )
    .action(async (flags: UpFlags) => {
      const { up } = await import('../commands/up.js');
      setExitCode(await up(flags, context));
    });

  common(program.command('remove'))
    .description('delete the cluster from its hosts')
    .option('--force', 'skip the confirmation prompt', false)
    .option('--delete-snapshots', 'also delete the etcd snapshots on the hosts; those in S3 are kept')
    .addOption(hooksOption())
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      '\nRemoves containers, pods, files, mounts, links and iptables rules. etcd snapshots in /opt/rke/etcd-snapshots are kept.\n\nExamples:\n  rke remove\n  rke remove --force --config prod/cluster.yml',
    )
    .action(async (flags: RemoveFlags) => {
      const { remove } = await import('../commands/remove.js');
      setExitCode(await remove(flags, context));
    });

  const commonOfSeveral = (command: Command): Command => common(command, configsOption());
  registerStatus(program, { common, commonOfSeveral }, context, setExitCode);
  registerPrepare(program, common, context, setExitCode);
  registerOnNodes(program, common, context, setExitCode);
  registerPlan(program, common, context, setExitCode);
  registerNode(program, common, context, setExitCode);
  registerAddon(program, common, context, setExitCode);
  registerConfigChecks(registerConfig(program, context, setExitCode), context, setExitCode);
  const state = registerState(program, context, setExitCode);
  registerEncrypt(program, common, context, setExitCode);
  registerEtcd(program, common, context, setExitCode);
  const util = program.command('util').description('run commands under their RKE v1 names');
  registerRecover({ util, state }, common, context, setExitCode);
  registerKubeconfig({ program, util }, context, setExitCode);
  registerCert(program, context, { setExitCode, common });

  registerCompletion(program, context);
  program
    .command('version')
    .description('print the version')
    .action(() => {
      io.stdout.write(`rke version v${version}\n`);
    });

  pointToHelp(program);
  return program;
}

/** An error names the help of the command that it is about. */
function pointToHelp(command: Command, path = command.name()): void {
  command.showHelpAfterError(`(see ${path} --help)`);
  for (const child of command.commands) pointToHelp(child, `${path} ${child.name()}`);
}

/** @param config the option that names the cluster file, if it is another one than usual; the same for `dind` */
function common(command: Command, config = configOption(), dind = dindOption()): Command {
  return withReadingFlags(command)
    .addOption(config)
    .addOption(overlayOption())
    .option('--ssh-agent-auth', 'use the SSH agent (SSH_AUTH_SOCK) for all hosts')
    .option('--local', 'reach the node that is this machine without SSH (see docs/local.md)')
    .addOption(dind)
    .option(
      '--ignore-docker-version',
      'accept Docker versions that are not tested with this Kubernetes version',
    )
    .addOption(
      new Option('--concurrency <hosts>', 'hosts to work on in parallel')
        .default(50)
        .argParser(positiveInteger),
    )
    .addOption(
      new Option('--log-format <format>', 'output format of progress')
        .choices(['auto', 'plain', 'json'])
        .default('auto'),
    )
    .addOption(stateKeyOption())
    .option('-d, --debug', 'show the full error chain')
    .option('-v, --verbose', 'print what waits get as answers, and long lists in full')
    .option('-q, --quiet', 'print only warnings, errors and the result in one line');
}

function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('expected an integer of at least 1');
  return number;
}
