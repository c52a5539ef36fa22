import { aciRevisions, type AciRevisionName } from '../../../config/addons/aci-revisions.js';

interface Range {
  readonly since?: AciRevisionName;
  /** The first revision without it. */
  readonly until?: AciRevisionName;
}

/** What differs between the revisions of RKE's template, and which of them have it. */
const features = {
  /** Settings of the controller that ACI 5.2 no longer has. */
  hasTagSettings: { until: 'v5.2.3' },
  /** Subscriptions to the APIC and OpFlex devices have timers. */
  hasApicTimers: { since: 'v5.2.3' },
  /** Resources for network policies, Netflow, ERSPAN, drop logs and pod interfaces of nodes. */
  hasPolicyResources: { since: 'v5.2.3' },
  /** host-agent installs Multus, waits for the network, and has timeouts in its probes. */
  hasMultus: { since: 'v5.2.3' },
  hasEndpointReadiness: { since: 'v5.2.3.4' },
  /** The controller knows the external subnets. */
  hasExternalSubnets: { since: 'v5.2.3.4' },
  hasEndpointDelay: { since: 'v5.2.3.5' },
  hasAsyncJson: { since: 'v5.2.3.6' },
  hasControllerHpp: { since: 'v5.2.3.6' },
  /** Names of roles have a colon, `aci-containers:controller`. */
  hasColonNames: { until: 'v5.2.3.6' },
  /** Several subnets of one kind, and multi-pod fabrics. */
  hasSubnetLists: { since: 'v5.2.7.1' },
  /** Limits of memory, priority class for system nodes, and logs of the host in the pods. */
  hasMemoryLimits: { since: 'v6.0.3.1' },
  hasCriticalAnnotation: { until: 'v6.0.3.1' },
  /** ACI Anywhere, and the node's endpoint group in the environment of host-agent. */
  hasAnywhere: { until: 'v6.0.3.2' },
  /** Exclusions of SNAT redirection, OpenSSL compatibility, and tolerations in seconds. */
  hasSnatExclusion: { since: 'v6.0.3.2' },
  /** Checks of nodes, drop log events, retries of APIC connections, and the pod subnet of the controller. */
  hasNotReadyTaint: { since: 'v6.0.4.1' },
  hasIstio: { until: 'v6.0.4.2' },
  /** OpFlex agent: policies of its last run at startup, and delays of switch synchronization. */
  hasOpflexStartup: { since: 'v6.0.4.2' },
  /** Unknown unicast and reconnection of the OpFlex agent, in the configuration of the controller. */
  hasUnicastAction: { since: 'v6.0.4.3' },
  hasHppDirect: { since: 'v6.1.1.1' },
} as const satisfies Readonly<Record<string, Range>>;

export type AciRevision = Readonly<Record<keyof typeof features, boolean>>;

/** @param template key in the version catalogue, e.g. `aci-v6.1.1.1` */
export function aciRevision(template: string | undefined): AciRevision {
  const index = aciRevisions.findIndex((name) => template === `aci-${name}`);
  if (index === -1) throw new RangeError(`expected a known template, got ${template ?? 'none'}`);
  return Object.fromEntries(
    Object.entries<Range>(features).map(([name, { since, until }]) => [
      name,
      (since === undefined || aciRevisions.indexOf(since) <= index) &&
        (until === undefined || index < aciRevisions.indexOf(until)),
    ]),
  ) as AciRevision;
}
