import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { PlanFlags } from '../commands/plan.js';
import { allowNetworkChangeOption } from '../options/allow-network-change.js';
import { forceVersionOption } from '../options/force-version.js';
import { ignoreUnreachableOption } from '../options/ignore-unreachable.js';
import { updateOnlyOption } from '../options/update-only.js';
import { noSnapshotOption } from '../options/no-snapshot.js';
import { hooksOption } from '../options/hooks.js';
import { nodesOption } from '../options/nodes.js';
import { pruneNamespacesOption } from '../options/prune-namespaces.js';
import { timeoutOption } from '../options/timeout.js';
import { outputOption } from '../options/output.js';

/**
 * Adds `rke plan` to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerPlan(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  common(program.command('plan'))
    .description('print what rke up would change; change nothing')
    .addOption(outputOption())
    .addOption(allowNetworkChangeOption())
    .addOption(forceVersionOption())
    .addOption(ignoreUnreachableOption())
    .addOption(updateOnlyOption())
    .addOption(noSnapshotOption())
    .addOption(nodesOption().conflicts(['allowNetworkChange', 'offline']))
    .addOption(pruneNamespacesOption())
    .addOption(hooksOption().conflicts('offline'))
    .option('--detailed-exitcode', 'exit with code 10 if rke up would change something')
    .option('--out <file>', 'save the plan for rke up --plan')
    .option('--custom-certs', 'plan with custom certificates from --cert-dir (see docs/certificates.md)')
    .option('--cert-dir <directory>', 'directory of the custom certificates (default: <cluster file>_certs)')
    .addOption(timeoutOption())
    .option('--offline', 'print what should be on every host; contact no host')
    .option(
      '--facts <file>',
      'JSON with the Docker info of hosts, by address, for --offline (default: Debian 12 on x86_64)',
    )
    .addHelpText(
      'after',
      `
docs/plan.md describes the JSON. Secrets are printed as hashes.

Examples:
  rke plan
  rke plan --out plan.json && rke up --plan plan.json
  rke plan --detailed-exitcode || [ $? -ne 10 ] || echo 'there are changes'
  rke plan -o json | jq -r '.nodes[] | select(.status != "unchanged") | .name'
  rke plan --offline -o json --facts facts.json | jq '.nodes[0].containers[].Image'`,
    )
    .action(async (flags: PlanFlags) => {
      const { plan } = await import('../commands/plan.js');
      setExitCode(await plan(flags, context));
    });
}
