import { resolve } from 'node:path';
import { planLive } from '../../commands/plan/plan-live.js';
import { planOffline } from '../../commands/plan/plan-offline.js';
import { savePlan } from '../../commands/up/saved-plan.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { formatRunPlan } from '../../report/plan/format-run-plan.js';
import { screenLookOf } from '../../report/screen-look.js';
import type { CommandContext } from '../command-context.js';
import { readCertDirFlags, type CertDirFlags } from '../options/cert-dir.js';
import { readFileOptions } from '../options/file-options.js';
import { readHooksFlag } from '../options/hooks.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { printDindPlan, readDindFlags, type DindFlags } from './dind.js';
import { formatPlan } from '../show/plan-text.js';

export interface PlanFlags extends ClusterFlags, CertDirFlags, DindFlags {
  readonly offline?: boolean;
  readonly facts?: string;
  readonly allowNetworkChange?: boolean;
  readonly forceVersion?: boolean;
  readonly ignoreUnreachable?: boolean;
  readonly updateOnly?: boolean;
  readonly snapshot?: boolean;
  readonly nodes?: readonly string[];
  readonly pruneNamespaces?: boolean;
  readonly output: 'text' | 'json';
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly hooks?: string;
}

/** `rke plan`. @returns with --detailed-exitcode, 10 if `rke up` would change something */
export async function plan(flags: PlanFlags, context: CommandContext): Promise<number> {
  if (flags.offline === true) return printOffline(flags, context);
  if (flags.facts !== undefined)
    throw usageError('--facts is for --offline: otherwise the hosts are asked', {
      fix: 'add --offline, or remove --facts',
    });
  const dind = readDindFlags(flags, context);
  const { steps, end } = dind === undefined ? {} : await printDindPlan(flags, dind, context);
  if (end === undefined) return printLive(flags, context, steps);
  return end === exitCodes.ok && flags.detailedExitcode === true ? exitCodes.changes : end;
}

async function printOffline(flags: PlanFlags, context: CommandContext): Promise<number> {
  if (flags.out !== undefined || flags.detailedExitcode === true)
    throw usageError('a plan without the hosts does not know what would change', {
      fix: 'remove --offline, or remove --out and --detailed-exitcode',
    });
  const { io } = context;
  const described = await planOffline({
    ...(await readFileOptions(flags, context)),
    allowNetworkChange: flags.allowNetworkChange,
    forceVersion: flags.forceVersion,
    factsFile: flags.facts === undefined ? undefined : resolve(io.cwd, flags.facts),
  });
  io.stdout.write(
    flags.output === 'json' ? `${JSON.stringify(described, undefined, 2)}\n` : formatPlan(described),
  );
  return exitCodes.ok;
}

/**
 * Prints the plan before the problems, of which there may be many.
 *
 * @param dind what is done with node containers; for JSON, since text has it already
 */
async function printLive(
  flags: PlanFlags,
  context: CommandContext,
  dind?: readonly string[],
): Promise<number> {
  const { io } = context;
  const planned = { hasChanges: false };
  const code = await runCommand(
    flags,
    context,
    async (options, { whilePaused }) => {
      const found = await planLive({
        ...options,
        allowNetworkChange: flags.allowNetworkChange,
        forceVersion: flags.forceVersion,
        ignoreUnreachable: flags.ignoreUnreachable,
        updateOnly: flags.updateOnly,
        snapshot: flags.snapshot,
        nodes: flags.nodes,
        hooksFile: readHooksFlag(flags, io),
        pruneNamespaces: flags.pruneNamespaces,
        certDir: readCertDirFlags(flags, io, options.events),
      });
      const { refusals, unreached } = found;
      const { hasChanges, unchanged } = found.plan;
      planned.hasChanges = hasChanges;
      if (flags.out !== undefined) await savePlan(resolve(io.cwd, flags.out), found.plan);
      const look = screenLookOf(io.stdout, { env: io.env });
      const text =
        flags.output === 'json'
          ? `${JSON.stringify({ ...found.plan, dind }, undefined, 2)}\n`
          : formatRunPlan(found.plan, look);
      await whilePaused(async () => {
        io.stdout.write(text);
        await Promise.resolve();
      });
      if (refusals.length > 0) throw new RunFailedError(refusals);
      if (unreached.length > 0) throw new RunFailedError(unreached, { isPartial: true });
      return { done: 0, unchanged, outcome: hasChanges ? 'done' : 'no-change' };
    },
    { writesLog: false },
  );
  return code === exitCodes.ok && planned.hasChanges && flags.detailedExitcode === true
    ? exitCodes.changes
    : code;
}
