import type { NodeSpec, Role } from '../../config/cluster-spec.js';
import type { HookAction, HookStage } from '../../config/hook-spec.js';

/** Runs a hook of the user around a node or a stage (docs/hooks.md). It changes no host by itself. */
export interface RunHook {
  readonly kind: 'run-hook';
  /** Its name in hooks.yml. */
  readonly hook: string;
  readonly when: 'before' | 'after';
  readonly action: HookAction;
  readonly timeoutSeconds: number;
  /** What the JSON says about the run. */
  readonly about: HookSubject;
  /** The operations that it comes before or after. */
  readonly covers: readonly CoveredOperation[];
}

/** Where a hook runs. */
export interface HookSubject {
  readonly cluster: string;
  /** `rke up`, also in `rke plan` and in commands that do what `rke up` does; or `rke remove`. */
  readonly command: 'rke up' | 'rke remove';
  readonly stage?: HookStage;
  readonly node?: HookNode;
}

export interface HookNode {
  readonly name: string;
  readonly address: string;
  readonly role: readonly Role[];
  /** What the run does to it. */
  readonly change: 'add' | 'change' | 'remove';
}

/** A node of cluster.yml, or one that leaves, for hooks. */
export function toHookNode(
  { hostnameOverride, address, role }: NodeSpec,
  change: HookNode['change'],
): HookNode {
  return { name: hostnameOverride, address, role, change };
}

export interface CoveredOperation {
  /** Id of the operation. */
  readonly id: string;
  readonly title: string;
  readonly host?: string;
}
