import { usageError } from '../../core/errors.js';
import { createDindTransport } from '../../host/dind/dind-transport.js';
import { localTransport } from '../../host/transport/local-transport.js';
import type { Transport } from '../../host/transport/transport.js';
import type { EventHub } from '../../report/event-hub.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import type { ClusterSourceOptions } from '../../run/cluster-source.js';
import { askHidden, canAsk } from '../ask-hidden.js';
import type { CommandContext } from '../command-context.js';
import type { OverlayFlag } from './overlay.js';
import { readMetadataSource } from './metadata-source.js';
import { readHelmOptions } from './read-helm-options.js';
import { readStateOptions, type StateFlags } from './read-state-options.js';
import { toReadingFlags, type ReadingFlagValues } from './reading-flags.js';

/** Flags that all commands on a cluster have. */
export interface ClusterFlags extends ReadingFlagValues, StateFlags, OverlayFlag {
  readonly config: string;
  readonly sshAgentAuth?: boolean;
  readonly local?: boolean;
  /** `rke up` takes the number of nodes. */
  readonly dind?: boolean | number;
  readonly ignoreDockerVersion?: boolean;
  readonly concurrency: number;
  readonly logFormat: 'auto' | 'plain' | 'json';
  readonly debug?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Milliseconds; only commands that may run for long have it. */
  readonly timeout?: number;
}

/**
 * Turns flags and environment into the options of a command.
 *
 * @param hub gets the events; its renderer pauses for questions
 * @throws RkeError (exit 2) for a flag or variable that cannot be used
 */
export async function readClusterOptions(
  flags: ClusterFlags,
  {
    io,
    signal,
    hub,
    source,
  }: CommandContext & {
    readonly hub: EventHub;
    readonly source: ClusterSourceOptions;
  },
): Promise<ClusterOptions> {
  const { sshAgentAuth, ignoreDockerVersion, concurrency } = flags;
  return {
    ...source,
    events: hub,
    signal,
    sshAgentAuth,
    ignoreDockerVersion,
    reading: toReadingFlags(flags, io.env),
    concurrency,
    knownHostsFile: io.env['RKE_KNOWN_HOSTS'],
    transport: readTransport(flags, io.env),
    timeoutMilliseconds: flags.timeout,
    metadata: readMetadataSource(io),
    helm: readHelmOptions(io),
    state: await readStateOptions(flags, io),
    keys: {
      passphrase: io.env['RKE_SSH_KEY_PASSPHRASE'],
      agentSocket: io.env['SSH_AUTH_SOCK'],
      ask: canAsk(io) ? (question, call) => hub.whilePaused(() => askHidden(io, question, call)) : undefined,
    },
  };
}

/** @throws RkeError (exit 2) on a machine that cannot be a node, or run node containers */
function readTransport(
  { local = false, dind = false }: Pick<ClusterFlags, 'local' | 'dind'>,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): Transport | undefined {
  if (!local && dind === false) return undefined;
  if (platform !== 'linux')
    throw usageError(`${local ? '--local' : '--dind'} needs Linux, and this machine has ${platform}`, {
      fix: 'use a Linux machine or a virtual one, by SSH',
    });
  return local ? localTransport : createDindTransport(env);
}
