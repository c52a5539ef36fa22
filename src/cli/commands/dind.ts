import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { planDind, type PlanDindOptions } from '../../commands/dind/up-dind.js';
import { writeDindFile } from '../../commands/dind/write-dind-file.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { createDindEngine } from '../../host/dind/dind-engine.js';
import { describeDindStep } from '../../reconcile/dind/dind-steps.js';
import type { CommandContext } from '../command-context.js';
import { isStdin } from '../options/locate-config.js';
import { readCatalogOptions } from '../options/file-options.js';
import { shortestPath } from '../options/shortest-path.js';
import { runQuietly } from '../run-quietly.js';
import type { ClusterFlags } from '../run-command.js';

/** Flags of `rke up --dind`. */
export interface DindFlags {
  readonly dindImage?: string;
  readonly dindStorageDriver?: string;
  readonly dindDnsServer?: string;
}

/** What the flags set; the Docker of this machine. */
export type DindSettings = Pick<
  PlanDindOptions,
  'engine' | 'count' | 'image' | 'storageDriver' | 'dnsServer'
>;

/**
 * Reads the flags of `rke up --dind`.
 *
 * @returns undefined without `--dind`
 * @throws RkeError (exit 2) for one of the others without it, or on another system than Linux
 */
export function readDindFlags(
  { dind, ...flags }: DindFlags & Pick<ClusterFlags, 'dind'>,
  { io }: CommandContext,
  platform = process.platform,
): DindSettings | undefined {
  const { dindImage: image, dindStorageDriver: storageDriver, dindDnsServer: dnsServer } = flags;
  if (dind === undefined || dind === false) {
    const [alone] = Object.entries({
      image,
      'storage-driver': storageDriver,
      'dns-server': dnsServer,
    }).filter(([, value]) => value !== undefined);
    if (alone === undefined) return undefined;
    throw usageError(`--dind-${alone[0]} needs --dind`, { fix: 'add --dind, or leave it out' });
  }
  if (platform !== 'linux')
    throw usageError(`--dind needs Linux, and this machine has ${platform}`, {
      fix: 'run rke in a Linux virtual machine with Docker',
    });
  const count = typeof dind === 'number' ? dind : undefined;
  return { engine: createDindEngine(io.env), count, image, storageDriver, dnsServer };
}

/** `rke up --dind N` without a cluster file: writes one. @throws RkeError (exit 2) if there is neither a file nor N */
export async function ensureDindFile(
  { config }: Pick<ClusterFlags, 'config'>,
  { engine, count }: DindSettings,
  context: CommandContext,
): Promise<void> {
  if (hasFile(config, context)) return;
  const { io } = context;
  const configPath = shortestPath(resolve(io.cwd, config));
  if (count === undefined) throw noFile(config);
  const { cluster, subnet } = await writeDindFile({
    ...readCatalogOptions(context),
    configPath,
    engine,
    count,
  });
  io.stderr.write(
    `${config} written: ${nodesOf(count)} in Docker on this machine (${cluster}, network ${subnet})\n`,
  );
}

/** What `rke up --dind` would do with node containers and the cluster file before it plans the cluster, and after. */
export interface DindPlan {
  /** `create container rke-dind-10.153.7.2` */
  readonly steps: readonly string[];
  /** The exit code, if the cluster cannot be planned yet or the node containers cannot be read; undefined if its plan follows. */
  readonly end?: number;
}

/** Prints what `rke up --dind` would do with node containers; JSON only if no plan of the cluster follows, with which it is printed. */
export async function printDindPlan(
  flags: ClusterFlags & { readonly output?: 'text' | 'json' },
  settings: DindSettings,
  context: CommandContext,
): Promise<DindPlan> {
  const { io } = context;
  const planned = await planSteps(flags, settings, context);
  const { steps, end } = planned;
  if (flags.output !== 'json') for (const step of steps) io.stdout.write(`would ${step}\n`);
  if (end !== exitCodes.ok) return planned;
  io.stdout.write(
    flags.output === 'json'
      ? `${JSON.stringify({ hasChanges: true, dind: steps }, undefined, 2)}\n`
      : 'the plan of the cluster follows when its node containers run\n',
  );
  return planned;
}

async function planSteps(
  flags: ClusterFlags,
  settings: DindSettings,
  context: CommandContext,
): Promise<DindPlan> {
  const { count } = settings;
  if (!hasFile(flags.config, context)) {
    if (count === undefined) throw noFile(flags.config);
    const steps = [`write ${flags.config} and create ${nodesOf(count)} in Docker on this machine`];
    return { steps, end: exitCodes.ok };
  }
  const steps: string[] = [];
  const cluster = { isReady: false };
  const code = await runQuietly(flags, context, async (options) => {
    const { start, remove, edit } = await planDind({ ...options, ...settings });
    if (edit !== undefined) steps.push(`change the nodes of ${flags.config} to ${nodesOf(count ?? 0)}`);
    steps.push(...[...start, ...remove].map(describeDindStep));
    cluster.isReady = start.length === 0 && edit === undefined;
  });
  return code === exitCodes.ok && cluster.isReady ? { steps } : { steps, end: code };
}

/** True if there is a cluster file to read; standard input always is one. */
const hasFile = (config: string, { io }: CommandContext): boolean =>
  isStdin(config) || existsSync(resolve(io.cwd, config));

const noFile = (config: string): Error =>
  usageError(`${config} does not exist`, { fix: 'add the number of nodes, e.g. `rke up --dind 3`' });

const nodesOf = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);
