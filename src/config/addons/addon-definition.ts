import type { StringMap, UpdateStrategy } from '../cluster-spec.js';

/** What an add-on is for. A cluster has at most one of each kind. */
export type AddonKind = 'network' | 'dns' | 'nodelocal' | 'monitoring' | 'ingress';

/** What the configuration knows about one add-on. Its objects are in src/plan/addons. */
export interface AddonDefinition {
  /** Its name in cluster.yml: the value of `network.plugin`, `dns.provider`, … */
  readonly name: string;
  readonly kind: AddonKind;
  /** Undefined if RKE v1 does not have it. */
  readonly templates?: Templates;
  /** In the order in which RKE asks for them (cluster/validation.go:471). */
  readonly images: readonly AddonImage[];
  /** True if RKE deploys it when the file names none of the kind. */
  readonly isDefault?: (kubernetesVersion: string) => boolean;
  /** Entries of `options` in its block of cluster.yml that have a meaning. */
  readonly options?: Readonly<Record<string, AddonOption>>;
  /** Its own block below `network`, whose values become options. */
  readonly providerBlock?: ProviderBlock;
  /** What it cannot be deployed without. */
  readonly requirements?: readonly Requirement[];
  /** How an incomplete `update_strategy` is completed, if not the way of all add-ons of the kind. */
  readonly updateStrategy?: StrategyDefault;
  /** True if it has a rolling update whatever `update_strategy.strategy` says. */
  readonly isRollingOnly?: true;
  readonly ipFamilies?: IpFamilies;
  /** False if it finds the MTU itself and `network.mtu` is refused. */
  readonly hasMtu?: boolean;
  readonly endOfLife?: EndOfLife;
  /** False if a cluster works without it: `rke up` waits for it only with `--wait all`. */
  readonly isEssential?: false;
  /** Date on which upstream retired it, independent of the Kubernetes version. */
  readonly retired?: string;
  /** Kernel modules that it needs on every host with these options. */
  readonly kernelModules?: (options: StringMap) => readonly string[];
}

/** The templates by which RKE v1 deploys an add-on; the version catalogue chooses one by the Kubernetes version. */
export interface Templates {
  /** Name of the add-on in that choice. */
  readonly of: string;
  /** Keys of those whose objects are made here, oldest first. A version with another one is refused (made-versions.ts). */
  readonly made: readonly string[];
}

export interface AddonImage {
  /** Its JSON name below `systemImages`, which is RKE's if RKE has it. */
  readonly role: string;
  /** First minor that needs it; every version unless given. */
  readonly since?: string;
  /** True if the add-on is deployed without it. */
  readonly isOptional?: true;
}

export interface AddonOption {
  /** What RKE sets when the file does not. */
  readonly default?: string;
  /** The minor since which no template of RKE v1 uses it. */
  readonly unusedSince?: string;
  /** Written into a configuration as a number. */
  readonly isNumber?: true;
  /** The only values that work; `of` names what they are values of. */
  readonly values?: { readonly of: string; readonly names: readonly string[] };
}

export interface ProviderBlock {
  /** Its key in cluster.yml, e.g. `flannel_network_provider`. */
  readonly key: string;
  /** RKE's JSON name of it. */
  readonly json: string;
  /** The block with its defaults, and the options made of it. RKE reads a block whatever the plugin is. */
  readonly resolve: (given: Block | undefined, choice: { readonly isPlugin: boolean }) => ResolvedBlock;
}

export type Block = Readonly<Record<string, unknown>>;

export interface ResolvedBlock {
  readonly block: Block | undefined;
  readonly options: StringMap;
}

/** A key below the provider block, which counts as given if its option or, without one, the member of the block is. */
export interface Requirement {
  readonly key: string;
  readonly option?: string;
  readonly member?: string;
}

type RollingUpdate = NonNullable<UpdateStrategy['rollingUpdate']>;

export interface StrategyDefault {
  readonly rollingUpdate: RollingUpdate;
  /** The half of an incomplete `rolling_update` that RKE completes; the other half stays unset. */
  readonly completes: keyof RollingUpdate;
}

export interface IpFamilies {
  /** False if its templates have no place for IPv6. */
  readonly ipv6: boolean;
  /** Both families at once; text: the range of builds that can. */
  readonly dualStack: boolean | string;
}

export interface EndOfLife {
  /** First version, without RKE's build, that warns. */
  readonly deprecatedIn: string;
  /** The minor that no longer has it. */
  readonly removedIn: string;
  /** What to choose instead. */
  readonly successors: string;
}
