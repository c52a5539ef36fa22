import { resolve } from 'node:path';
import { planOffline } from '../../commands/plan/plan-offline.js';
import { exitCodes } from '../../core/errors.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';
import { formatPlan } from '../show/plan-text.js';

export interface PlanFlags extends FileFlags {
  readonly offline: boolean;
  readonly facts?: string;
  readonly allowNetworkChange?: boolean;
  readonly output: 'text' | 'json';
}

/** `rke plan --offline`. */
export async function plan(flags: PlanFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const described = await planOffline({
    ...(await readFileOptions(flags, context)),
    allowNetworkChange: flags.allowNetworkChange,
    factsFile: flags.facts === undefined ? undefined : resolve(io.cwd, flags.facts),
  });
  io.stdout.write(
    flags.output === 'json' ? `${JSON.stringify(described, undefined, 2)}\n` : formatPlan(described),
  );
  return exitCodes.ok;
}
