import { resolve } from 'node:path';
import type { EventSink } from '../../core/events.js';
import { clusterPaths } from '../../state/paths.js';
import type { Io } from '../io.js';
import { pathOfConfig } from './locate-config.js';
import { shortestPath } from './shortest-path.js';

/** `--cert-dir`, or the directory beside the cluster file: `cluster_certs` for cluster.yml, the same as RKE v1. */
export function resolveCertDir(
  { config, certDir }: { readonly config: string; readonly certDir?: string },
  { cwd }: Pick<Io, 'cwd'>,
): string {
  return shortestPath(resolve(cwd, certDir ?? clusterPaths(pathOfConfig(config)).certDir));
}

/** Flags of commands that can use custom certificates. */
export interface CertDirFlags {
  readonly config: string;
  readonly customCerts?: boolean;
  readonly certDir?: string;
}

/** The directory of custom certificates; undefined without `--custom-certs`. Warns of a directory that has no effect. */
export function readCertDirFlags(
  flags: CertDirFlags,
  io: Pick<Io, 'cwd'>,
  events: EventSink,
): string | undefined {
  if (flags.customCerts === true) return resolveCertDir(flags, io);
  if (flags.certDir !== undefined)
    events.emit({ type: 'warning', message: '--cert-dir has no effect without --custom-certs' });
  return undefined;
}
