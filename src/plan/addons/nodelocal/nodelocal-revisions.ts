import type { NodelocalTemplate } from '../../../config/addons/nodelocal.js';
import { revisionOf } from '../template-revision.js';

/** What RKE's templates of NodeLocal DNSCache make different. */
export interface NodelocalRevision {
  /** True if names outside the cluster are asked for by TCP only. */
  readonly forcesTcpUpstream: boolean;
  readonly hasMetricsService: boolean;
}

const revisions: Readonly<Record<NodelocalTemplate, NodelocalRevision>> = {
  'nodelocal-v1.15': { forcesTcpUpstream: true, hasMetricsService: false },
  'nodelocal-v1.21': { forcesTcpUpstream: false, hasMetricsService: true },
};

export const nodelocalRevision = (template: string | undefined): NodelocalRevision =>
  revisionOf(revisions, template);
