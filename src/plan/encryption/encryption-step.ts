import type { EncryptionKey } from './encryption-configuration.js';

/** The two texts of a state: what is being brought to the hosts, and what every API server has and all Secrets are written with. */
export interface EncryptionPair {
  readonly desired: string;
  readonly current: string;
}

/**
 * One configuration that all API servers get, one after another, before the next thing is done. A Secret that one of them
 * writes must at every moment be readable by all others, so no step goes further than that.
 */
export interface EncryptionStep {
  /** Empty for none: the API servers run without the flag. */
  readonly text: string;
  /** Are all Secrets written anew when every API server has it. */
  readonly rewrite: boolean;
}

/** What decides how Secrets are to be encrypted: cluster.yml, and the state. */
export interface EncryptionInput extends EncryptionPair {
  readonly choice: 'off' | 'own' | 'custom';
  /** The user's own configuration, where there is one now. */
  readonly customConfig?: unknown;
  /** Those that the state has, of runs before. */
  readonly earlierConfigs?: readonly unknown[];
  /** Nothing of the cluster is there yet. */
  readonly isNew: boolean;
  readonly controlPlanes: number;
  readonly createKey: () => EncryptionKey;
}
