/** What RKE's templates of weave make different. */
export interface WeaveRevision {
  readonly rbacVersion: 'v1' | 'v1beta1';
  /** True for Weave Net 2.8, whose init container installs the CNI plugin; before, the router did. */
  readonly hasInitContainer: boolean;
}

const revisions: Readonly<Record<string, WeaveRevision>> = {
  'weave-v1.16': { rbacVersion: 'v1beta1', hasInitContainer: false },
  'weave-v1.20': { rbacVersion: 'v1beta1', hasInitContainer: true },
  'weave-v1.22': { rbacVersion: 'v1', hasInitContainer: true },
};

/** @returns undefined for a template that is not planned here (config/addons/weave.ts) */
export function weaveRevision(template: string | undefined): WeaveRevision | undefined {
  return template === undefined ? undefined : revisions[template];
}
