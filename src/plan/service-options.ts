/** Flag name to value; an empty value takes the flag away. */
export type FlagOptions = Readonly<Record<string, string>>;

/** What the version catalogue adds to the flags of each component for one Kubernetes version (RKE types/kdm/kdm.go). */
export interface ServiceOptions {
  readonly etcd: FlagOptions;
  readonly kubeapi: FlagOptions;
  readonly kubelet: FlagOptions;
  readonly kubeproxy: FlagOptions;
  readonly kubeController: FlagOptions;
  readonly scheduler: FlagOptions;
}
