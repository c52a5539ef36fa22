import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { PlanFlags } from '../commands/plan.js';
import { allowNetworkChangeOption } from '../options/allow-network-change.js';
import { withReadingFlags } from '../options/reading-flags.js';

/** Adds `rke plan` to the command line. */
export function registerPlan(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  withReadingFlags(program.command('plan'))
    .description('print what the cluster file puts on every host; contacts no host')
    .addOption(new Option('-c, --config <file>', 'cluster file').default('cluster.yml').env('RKE_CONFIG'))
    .requiredOption('--offline', 'plan without reading the hosts (required for now)')
    .option('--facts <file>', 'JSON with the Docker info of hosts, by address (default: Debian 12 on x86_64)')
    .addOption(new Option('-o, --output <format>', 'output format').choices(['text', 'json']).default('text'))
    .addOption(allowNetworkChangeOption())
    .option('-d, --debug', 'show the full error chain')
    .addHelpText(
      'after',
      `
docs/plan.md describes the JSON. Secrets are printed as hashes.

Examples:
  rke plan --offline
  rke plan --offline -o json --facts facts.json | jq '.nodes[0].containers[].Image'`,
    )
    .action(async (flags: PlanFlags) => {
      const { plan } = await import('../commands/plan.js');
      setExitCode(await plan(flags, context));
    });
}
