import type { Command } from 'commander';
import type { ReadingFlags } from '../../run/read-cluster.js';

/** Flags that say how a cluster file is read. */
export interface ReadingFlagValues {
  readonly allowUnknown?: boolean;
  readonly allowDuplicateKeys?: boolean;
  readonly allowImageMismatch?: boolean;
  readonly envSubst?: boolean;
}

/** Puts them on a command. */
export function withReadingFlags(command: Command): Command {
  return command
    .option('--allow-unknown', 'report unknown keys of the cluster file as warnings')
    .option('--allow-duplicate-keys', 'accept duplicate keys with RKE v1 semantics')
    .option('--allow-image-mismatch', 'accept an image of another Kubernetes version than kubernetes_version')
    .option(
      '--env-subst',
      'replace ${NAME} and ${NAME:-default} in the cluster file by environment variables',
    );
}

/** @param env where variables come from, if they are wanted */
export function readingOf(
  { allowUnknown, allowDuplicateKeys, allowImageMismatch, envSubst }: ReadingFlagValues,
  env: Readonly<Record<string, string | undefined>>,
): ReadingFlags {
  return {
    allowUnknown: allowUnknown === true,
    allowDuplicateKeys: allowDuplicateKeys === true,
    allowImageMismatch: allowImageMismatch === true,
    variables: envSubst === true ? env : undefined,
  };
}
