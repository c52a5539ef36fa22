import type { Fields } from '../../../core/fields.js';
import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { networkOption } from '../network-option.js';
import { addonNamespace } from '../rbac.js';
import { isNotWindows, oneNodeAtATime, requireNode, tolerateAll } from '../scheduling.js';
import { weaveContainers, weaveInit } from './weave-containers.js';
import type { WeaveRevision } from './weave-revisions.js';

interface PodsOfWeave {
  /** Of the DaemonSet and of its account, which is named without RBAC too. */
  readonly name: string;
  /** Those of the selector. */
  readonly labels: StringMap;
  readonly revision: WeaveRevision;
}

/** Annotations of the old Kubernetes versions for which the template was written; part of what a takeover must not change. */
const annotations = {
  'scheduler.alpha.kubernetes.io/critical-pod': '',
  'scheduler.alpha.kubernetes.io/tolerations':
    '[{"key":"dedicated","operator":"Equal","value":"master","effect":"NoSchedule"}]',
};

/** The router, the network policy controller and the CNI plugins of every node. */
export function weaveDaemonSet(spec: ClusterSpec, { name, labels, revision }: PodsOfWeave): KubeObject {
  const { options, nodeSelector, updateStrategy } = spec.network;
  const { hasInitContainer } = revision;
  const priority = networkOption(options, 'weave_net_priority_class_name');
  const { rollingUpdate } = updateStrategy ?? oneNodeAtATime;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      ...(hasInitContainer ? { minReadySeconds: 5 } : {}),
      // RKE's template sets the type twice, and its own comes last: `strategy` has no effect.
      updateStrategy: {
        type: 'RollingUpdate',
        ...(rollingUpdate === undefined ? {} : { rollingUpdate }),
      },
      template: {
        metadata: { labels, annotations },
        spec: {
          affinity: { nodeAffinity: requireNode(isNotWindows) },
          ...(priority === undefined ? {} : { priorityClassName: priority }),
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
          ...(hasInitContainer ? { initContainers: [weaveInit(spec)] } : {}),
          containers: weaveContainers(spec, revision),
          hostNetwork: true,
          ...(hasInitContainer ? { dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
          hostPID: !hasInitContainer,
          restartPolicy: 'Always',
          securityContext: { seLinuxOptions: {} },
          serviceAccountName: name,
          tolerations: [...tolerateAll].reverse(),
          volumes: volumes(revision),
        },
      },
    },
  };
}

function volumes({ hasInitContainer }: WeaveRevision): Fields[] {
  const hostPath = (volume: string, path: string, type?: string): Fields => ({
    name: volume,
    hostPath: { path, ...(type === undefined ? {} : { type }) },
  });
  return [
    hostPath('weavedb', '/var/lib/weave'),
    hostPath('cni-bin', '/opt'),
    hostPath('cni-bin2', '/home'),
    hostPath('cni-conf', '/etc'),
    ...(hasInitContainer ? [hostPath('cni-machine-id', '/etc/machine-id')] : []),
    hostPath('dbus', '/var/lib/dbus'),
    hostPath('lib-modules', '/lib/modules'),
    hostPath('xtables-lock', '/run/xtables.lock', hasInitContainer ? 'FileOrCreate' : undefined),
  ];
}
