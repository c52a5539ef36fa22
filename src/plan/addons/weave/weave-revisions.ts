import type { WeaveTemplate } from '../../../config/addons/weave.js';
import { revisionOf } from '../template-revision.js';

/** What RKE's templates of weave make different. */
export interface WeaveRevision {
  readonly rbacVersion: 'v1' | 'v1beta1';
  /** True for Weave Net 2.8, whose init container installs the CNI plugin; before, the router did. */
  readonly hasInitContainer: boolean;
}

const revisions: Readonly<Record<WeaveTemplate, WeaveRevision>> = {
  'weave-v1.16': { rbacVersion: 'v1beta1', hasInitContainer: false },
  'weave-v1.20': { rbacVersion: 'v1beta1', hasInitContainer: true },
  'weave-v1.22': { rbacVersion: 'v1', hasInitContainer: true },
};

export const weaveRevision = (template: string | undefined): WeaveRevision => revisionOf(revisions, template);
