import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { PlanFlags } from '../commands/plan.js';
import { withReadingFlags } from './reading-flags.js';

/** Puts `rke plan` on the command line. */
export function registerPlan(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  withReadingFlags(program.command('plan'))
    .description('show what belongs on every host, by the cluster file alone; nothing is contacted')
    .addOption(new Option('-c, --config <file>', 'cluster file').default('cluster.yml').env('RKE_CONFIG'))
    .requiredOption('--offline', 'plan without looking at the hosts (the only way for now)')
    .option(
      '--facts <file>',
      'JSON with what Docker says of hosts, by address; Debian 12 on x86_64 otherwise',
    )
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .option('-d, --debug', 'show causes of errors')
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
