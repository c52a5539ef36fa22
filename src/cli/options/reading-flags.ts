import type { Command } from 'commander';
import type { ReadingFlags } from '../../run/read-cluster.js';

/** Flags that change how a cluster file is read. */
export interface ReadingFlagValues {
  readonly allowUnknown?: boolean;
  readonly allowDuplicateKeys?: boolean;
  readonly allowImageMismatch?: boolean;
  readonly envSubst?: boolean;
}

/** Adds these flags to a command. */
export function withReadingFlags(command: Command): Command {
  return command
    .option('--allow-unknown', 'report unknown keys of the cluster file as warnings')
    .option('--allow-duplicate-keys', 'accept duplicate keys with RKE v1 semantics')
    .option('--allow-image-mismatch', 'accept an image of another Kubernetes version than kubernetes_version')
    .option(
      '--env-subst',
      'replace ${NAME} and ${NAME:-default} in the cluster file with environment variables',
    );
}

/** Converts the flags to options. @param env values of variables, used with `--env-subst` */
export function toReadingFlags(
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
