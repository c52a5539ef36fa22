/** An entry of `resources` in a custom EncryptionConfiguration (apiserver.config.k8s.io/v1) as the user wrote it, unchecked. */
export interface EncryptionResource {
  readonly resources?: readonly string[];
  readonly providers?: readonly EncryptionProvider[];
}

/** One provider by its kind; `identity` has no settings. */
export interface EncryptionProvider {
  readonly [kind: string]: unknown;
  readonly kms?: {
    readonly apiVersion?: string;
    readonly name?: string;
    readonly endpoint?: string;
    readonly timeout?: string;
    readonly cachesize?: number;
  };
}

/** The settings of a provider that encrypts with keys in the file. */
export interface EncryptionKeyList {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[];
}
