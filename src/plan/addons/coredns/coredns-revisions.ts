import type { CorednsTemplate } from '../../../config/addons/coredns.js';
import { osLabel } from '../scheduling.js';
import { revisionOf } from '../template-revision.js';

/** What RKE's templates of CoreDNS make different. */
export interface CorednsRevision {
  /** Label of nodes that names their operating system. */
  readonly osLabel: string;
  /** Written next to the autoscaler, which then changes it; undefined leaves it to the autoscaler. */
  readonly replicas: number | undefined;
  /** True if CoreDNS watches EndpointSlices; it looks at nodes otherwise. */
  readonly readsEndpointSlices: boolean;
  /** Whether two pods of CoreDNS may share a host; undefined says nothing. */
  readonly otherHosts?: 'preferred' | 'required';
  /** Seconds for which CoreDNS still answers after it was asked to stop. */
  readonly lameduck?: string;
  /** Ends the server block in the Corefile. */
  readonly corefileEnd: string;
  readonly seccompProfile?: Readonly<Record<string, string>>;
  /** True if `dns.tolerations` and the priority classes reach the pods, and the autoscaler counts workers only. */
  readonly hasPodOptions: boolean;
  readonly hasAutoscalerProbes: boolean;
}

const v116: CorednsRevision = {
  osLabel: osLabel.beta,
  replicas: undefined,
  readsEndpointSlices: false,
  corefileEnd: '}',
  hasPodOptions: false,
  hasAutoscalerProbes: false,
};
const v117: CorednsRevision = {
  ...v116,
  replicas: 1,
  otherHosts: 'required',
  lameduck: '5s',
  hasPodOptions: true,
};
const v183: CorednsRevision = {
  ...v117,
  readsEndpointSlices: true,
  otherHosts: 'preferred',
  corefileEnd: '} # STUBDOMAINS - Rancher specific change',
};
const v183rancher2: CorednsRevision = { ...v183, hasAutoscalerProbes: true };
const v183rancher3: CorednsRevision = {
  ...v183rancher2,
  replicas: undefined,
  osLabel: osLabel.stable,
  seccompProfile: { type: 'RuntimeDefault' },
};

const revisions: Readonly<Record<CorednsTemplate, CorednsRevision>> = {
  'coredns-v1.16': v116,
  'coredns-v1.17': v117,
  'coredns-v1.8.3': v183,
  'coredns-v1.8.3-rancher2': v183rancher2,
  'coredns-v1.8.3-rancher3': v183rancher3,
};

export const corednsRevision = (template: string | undefined): CorednsRevision =>
  revisionOf(revisions, template);
