import { resolve } from 'node:path';
import type { AddonWait } from '../../reconcile/order/addon-waits.js';
import { upDind } from '../../commands/dind/up-dind.js';
import { upCluster, type UpOptions } from '../../commands/up/run.js';
import { askOn, planQuestion } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { readCertDirFlags, type CertDirFlags } from '../options/cert-dir.js';
import { isStdin } from '../options/locate-config.js';
import { readHooksFlag } from '../options/hooks.js';
import { toSeconds } from '../options/timeout.js';
import { endOf, runCommand, type ClusterFlags } from '../run-command.js';
import { ensureDindFile, readDindFlags, type DindFlags } from './dind.js';
import { ensureLocalFile } from './local-file.js';
import { plan as printPlan } from './plan.js';

export interface UpFlags extends ClusterFlags, CertDirFlags, DindFlags {
  readonly pullConcurrency: number;
  readonly disablePortCheck?: boolean;
  readonly wait: AddonWait;
  readonly allowNetworkChange?: boolean;
  readonly forceVersion?: boolean;
  readonly ignoreUnreachable?: boolean;
  readonly updateOnly?: boolean;
  readonly snapshot?: boolean;
  readonly nodes?: readonly string[];
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly yes?: boolean;
  readonly pruneNamespaces?: boolean;
  /** Milliseconds. */
  readonly drainTimeout?: number;
  readonly hooks?: string;
}

/** `rke up`. */
export async function up(flags: UpFlags, context: CommandContext): Promise<number> {
  if (flags.dryRun === true) return printPlan({ ...flags, output: 'text' }, context);
  const dind = readDindFlags(flags, context);
  if (flags.local === true && !isStdin(flags.config)) await ensureLocalFile(flags.config, context);
  if (dind !== undefined) await ensureDindFile(flags, dind, context);
  const { io } = context;
  return runCommand(flags, context, async (options, terminal) => {
    const upOptions: UpOptions = {
      ...options,
      pullConcurrency: flags.pullConcurrency,
      disablePortCheck: flags.disablePortCheck,
      wait: flags.wait,
      allowNetworkChange: flags.allowNetworkChange,
      forceVersion: flags.forceVersion,
      ignoreUnreachable: flags.ignoreUnreachable,
      updateOnly: flags.updateOnly,
      snapshot: flags.snapshot,
      nodes: flags.nodes,
      certDir: readCertDirFlags(flags, io, options.events),
      planFile: flags.plan === undefined ? undefined : resolve(io.cwd, flags.plan),
      confirm: askOn(terminal, io, { yes: flags.yes, question: planQuestion }),
      pruneNamespaces: flags.pruneNamespaces,
      hooksFile: readHooksFlag(flags, io),
      drainTimeoutSeconds: toSeconds(flags.drainTimeout),
    };
    return endOf(dind === undefined ? await upCluster(upOptions) : await upDind({ ...upOptions, ...dind }));
  });
}
