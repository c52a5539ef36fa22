import type { ClusterSpec, IngressSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import {
  isNotWindows,
  isWorker,
  oneNodeAtATime,
  requireNode,
  rolloutStrategy,
  tolerateAll,
  tolerationsOr,
} from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { listenPorts, pingPort, traefikArguments } from './traefik-arguments.js';
import { appLabel, traefikLabels, traefikName, traefikNamespace } from './traefik-names.js';

/** traefik on every worker, also on tainted ones unless the file has tolerations. */
export function traefikDaemonSet(spec: ClusterSpec): KubeObject {
  const { ingress } = spec;
  const {
    dnsPolicy = '',
    nodeSelector = {},
    nginxIngressControllerPriorityClassName: priority = '',
  } = ingress;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: traefikName, namespace: traefikNamespace, labels: traefikLabels },
    spec: {
      selector: { matchLabels: appLabel },
      updateStrategy: rolloutStrategy(ingress.updateStrategy, oneNodeAtATime),
      template: {
        metadata: { labels: { ...appLabel, ...traefikLabels } },
        spec: {
          serviceAccountName: traefikName,
          ...(priority === '' ? {} : { priorityClassName: priority }),
          ...(dnsPolicy === '' ? {} : { dnsPolicy }),
          ...(ingress.networkMode === 'hostNetwork' ? { hostNetwork: true } : {}),
          ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
          affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
          tolerations: tolerationsOr(ingress.tolerations, tolerateAll),
          terminationGracePeriodSeconds: 60,
          securityContext: { ...userOf(ingress), seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(spec)],
          volumes: [...(hasOwnTmp(ingress) ? [tmpVolume] : []), ...(ingress.extraVolumes ?? [])],
        },
      },
    },
  };
}

function container(spec: ClusterSpec): Fields {
  const { ingress } = spec;
  return {
    name: 'traefik',
    image: systemImage(spec, 'traefik'),
    imagePullPolicy: 'IfNotPresent',
    args: traefikArguments(ingress),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], ...(bindsLowPorts(ingress) ? { add: ['NET_BIND_SERVICE'] } : {}) },
    },
    ...((ingress.extraEnvs ?? []).length === 0 ? {} : { env: ingress.extraEnvs }),
    ports: containerPorts(ingress),
    readinessProbe: { ...probe, failureThreshold: 1 },
    livenessProbe: { ...probe, failureThreshold: 3 },
    volumeMounts: [
      ...(hasOwnTmp(ingress) ? [{ name: tmpVolume.name, mountPath: tmp }] : []),
      ...(ingress.extraVolumeMounts ?? []),
    ],
  };
}

const probe = {
  httpGet: { path: '/ping', port: pingPort, scheme: 'HTTP' },
  initialDelaySeconds: 2,
  periodSeconds: 10,
  successThreshold: 1,
  timeoutSeconds: 2,
};

function containerPorts(ingress: IngressSpec): Fields[] {
  const { networkMode, httpPort = 80, httpsPort = 443 } = ingress;
  const { web, websecure } = listenPorts(ingress);
  const port = (name: string, containerPort: number, hostPort: number): Fields => ({
    name,
    containerPort,
    // The API server sets it for the network of the node.
    ...(networkMode === 'hostPort' ? { hostPort } : {}),
    protocol: 'TCP',
  });
  return [
    port('web', web, httpPort),
    port('websecure', websecure, httpsPort),
    { name: 'ping', containerPort: pingPort, protocol: 'TCP' },
  ];
}

/** On the network of the node, Linux gives ports below 1024 to root only: the image has no file capability. */
function bindsLowPorts(ingress: IngressSpec): boolean {
  const { web, websecure } = listenPorts(ingress);
  return Math.min(web, websecure) < 1024;
}

function userOf(ingress: IngressSpec): Fields {
  return bindsLowPorts(ingress)
    ? { runAsUser: 0, runAsGroup: 0 }
    : { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532 };
}

const tmp = '/tmp';
const tmpVolume = { name: 'traefik-tmp', emptyDir: {} };

/** Large requests may be buffered in files; the root file system is read-only. */
function hasOwnTmp({ extraVolumeMounts = [] }: IngressSpec): boolean {
  return extraVolumeMounts.every(({ mountPath }) => mountPath !== tmp);
}
