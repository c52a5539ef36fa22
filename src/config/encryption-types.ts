/** Parts of an EncryptionConfiguration (apiserver.config.k8s.io/v1) as a file has them, before anything is checked. */
export interface EncryptionResource {
  readonly resources?: readonly string[];
  readonly providers?: readonly EncryptionProvider[];
}

/** One kind with its settings; `identity` has none. */
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

export interface EncryptionKeyList {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[];
}
