import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { configOption } from '../options/config.js';
import type * as commands from '../commands/state.js';
import { breakLockOption, stateKeyOption } from '../options/state-flags.js';
import { outputOption } from '../options/output.js';

/** Adds `rke state` and its subcommands to the command line. @returns the command */
export function registerState(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): Command {
  const state = program
    .command('state')
    .description('show, verify, encrypt or recover the state file')
    .addHelpText(
      'after',
      `
The state file contains the keys of the cluster (docs/state.md).

Examples:
  rke state show
  rke state verify --config prod/cluster.yml -o json
  RKE_STATE_PASSPHRASE=… rke state encrypt`,
    );
  const add = (
    name: string,
    {
      description,
      example,
      run,
    }: { description: string; example: string; run: (all: typeof commands) => Action },
  ): Command =>
    state
      .command(name)
      .description(description)
      .addOption(configOption('cluster file; the state file is beside it'))
      .addOption(stateKeyOption())
      .option('-d, --debug', 'show the full error chain')
      .addHelpText('after', `\nExamples:\n  ${example}`)
      .action(async (flags: commands.StateCommandFlags) => {
        setExitCode(await run(await import('../commands/state.js'))(flags, context));
      });

  add('show', {
    description: 'print the state without keys and passwords',
    example: "rke state show\n  rke state show -o json | jq '.desiredState.rkeConfig.nodes'",
    run: (all) => all.show,
  }).addOption(outputOption());
  add('verify', {
    description: 'check format, certificates, keys and history of the state file',
    example: 'rke state verify\n  rke state verify -o json',
    run: (all) => all.verify,
  }).addOption(outputOption());
  add('list', {
    description: 'list the state file and the previous versions beside it',
    example: 'rke state list\n  rke state list -o json',
    run: (all) => all.list,
  }).addOption(outputOption());
  add('encrypt', {
    description: 'encrypt the state file and its history with a passphrase',
    example: 'openssl rand -base64 32 > state.key && rke state encrypt --state-key-file state.key',
    run: (all) => all.encrypt,
  }).addOption(breakLockOption());
  add('decrypt', {
    description: 'decrypt the state file and its history',
    example: 'rke state decrypt --state-key-file state.key',
    run: (all) => all.decrypt,
  }).addOption(breakLockOption());
  return state;
}

type Action = (flags: commands.StateCommandFlags, context: CommandContext) => Promise<number>;
