import type { EncryptionKey } from './encryption-configuration.js';

/** The two texts of a state: the one being deployed, and the one that every API server has and all Secrets are stored with. */
export interface EncryptionPair {
  readonly desired: string;
  readonly current: string;
}

/**
 * One configuration that all API servers get, one after another, before the next step starts. At every moment all of them must
 * be able to read what any of them writes.
 */
export interface EncryptionStep {
  /** Empty: the API servers run without the flag. */
  readonly text: string;
  /** True if all Secrets are re-encrypted as soon as every API server has the text. */
  readonly rewrite: boolean;
}

/** The input that decides how Secrets are encrypted, from cluster.yml and the state. */
export interface EncryptionInput extends EncryptionPair {
  readonly choice: 'off' | 'generated' | 'custom';
  /** custom_config of cluster.yml, if set. */
  readonly customConfig?: unknown;
  /** The custom_config of earlier runs, from the state. */
  readonly earlierConfigs?: readonly unknown[];
  /** True if the cluster does not exist yet. */
  readonly isNew: boolean;
  readonly controlPlanes: number;
  readonly createKey: () => EncryptionKey;
}
