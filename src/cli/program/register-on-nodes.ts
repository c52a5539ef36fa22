import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { LogsFlags } from '../commands/logs.js';
import type { SshFlags } from '../commands/ssh.js';
import { outputOption } from '../options/output.js';
import { collectNames } from '../options/nodes.js';
import { parseTimeout, timeoutOption } from '../options/timeout.js';

/**
 * Adds `rke logs` and `rke ssh` to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerOnNodes(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  common(program.command('logs'))
    .argument('<component>', 'name of its container, e.g. kubelet')
    .description('print the log of a component of the cluster')
    .addOption(
      new Option(
        '--node <names>',
        'only these nodes, by name or address, separated by commas (default: all that run it)',
      ).argParser(collectNames),
    )
    .addOption(
      new Option(
        '--since <time>',
        'only lines since then: a duration such as 10m, or a time (RFC 3339)',
      ).argParser(parseSince),
    )
    .addOption(
      new Option('--tail <lines>', 'lines before the end of each log, or all')
        .default(100)
        .argParser(parseTail),
    )
    .option('-f, --follow', 'continue with what comes; Ctrl-C ends')
    .addOption(outputOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Components: etcd, etcd-rolling-snapshots, kube-apiserver, kube-controller-manager,
kube-scheduler, kubelet, kube-proxy, nginx-proxy, service-sidekick. Both streams of the
container go to stdout; -o json prints a JSON object for each line.

Examples:
  rke logs kubelet --node worker-3 --since 10m
  rke logs kube-apiserver --follow`,
    )
    .action(async (component: string, flags: LogsFlags) => {
      const { logs } = await import('../commands/logs.js');
      setExitCode(await logs(component, flags, context));
    });

  common(program.command('ssh'))
    .argument('<node>', 'name or address of a node of the cluster file')
    .argument('[command...]', 'command to run, after --; an interactive shell without one')
    .description('open a shell on a node, or run a command there')
    .option('-t, --tty', 'give the command a terminal')
    .addHelpText(
      'after',
      `
User, key, port, jump hosts and the check of the host key are those of every other command.
The exit code is that of the command.

Examples:
  rke ssh worker-3
  rke ssh worker-3 -- docker ps --all
  rke ssh 10.0.0.11 -- sudo journalctl -u docker --since -1h | grep error`,
    )
    .action(async (node: string, words: readonly string[], flags: SshFlags) => {
      const { ssh } = await import('../commands/ssh.js');
      setExitCode(await ssh(node, words, flags, context));
    });
}

function parseTail(text: string): number | 'all' {
  if (text === 'all') return 'all';
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('expected a number of lines, or all');
}

function parseSince(text: string): Date {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = new Date(text);
    if (!Number.isNaN(time.getTime())) return time;
    throw new InvalidArgumentError('expected a time such as 2026-11-26T20:00:00Z');
  }
  return new Date(Date.now() - parseTimeout(text));
}
