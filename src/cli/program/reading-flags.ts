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
    .option('--allow-unknown', 'keys that are not known in the cluster file are a warning')
    .option('--allow-duplicate-keys', 'a key that stands twice is read as RKE read it')
    .option('--allow-image-mismatch', 'run an image of another Kubernetes version than the one that results')
    .option('--env-subst', 'put variables in place of ${NAME} and ${NAME:-default} in the cluster file');
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
