import type { ClusterSpec, IngressSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { fieldEnv } from '../container-env.js';
import { hasRbac } from '../rbac.js';
import {
  isNotWindows,
  isWorker,
  requireNode,
  oneNodeAtATime,
  rolloutStrategy,
  tolerateAll,
} from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { controllerArguments } from './controller-arguments.js';
import { controllerSecurity, initContainers, networkModeOf } from './controller-rights.js';
import { appLabel, controllerPodLabels, nginxMarks, nginxNamespace } from './nginx-labels.js';
import { admissionName } from './nginx-admission.js';
import type { NginxRevision } from './nginx-revisions.js';

/** Never another one: RKE's own would be left beside it. */
export const controllerName = 'nginx-ingress-controller';

/** The controller on every worker. `ingress.tolerations` is for the default backend: a controller tolerates every taint. */
export function controllerDaemonSet(spec: ClusterSpec, revision: NginxRevision): KubeObject {
  const { ingress } = spec;
  const { generation, isBasic, names } = revision;
  const {
    nginxIngressControllerPriorityClassName: priority = '',
    dnsPolicy = '',
    nodeSelector = {},
  } = ingress;
  const networkMode = networkModeOf(ingress, revision);
  const volumes = [...(generation === 1 ? [] : [certificateVolume]), ...(ingress.extraVolumes ?? [])];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: controllerName, namespace: nginxNamespace, ...nginxMarks(revision, 'controller') },
    spec: {
      selector: { matchLabels: appLabel },
      updateStrategy: rolloutStrategy(ingress.updateStrategy, oneNodeAtATime),
      ...(generation === 1 ? {} : { revisionHistoryLimit: 10, minReadySeconds: 0 }),
      template: {
        metadata: {
          labels: controllerPodLabels(revision),
          ...(generation === 1
            ? { annotations: { 'prometheus.io/port': '10254', 'prometheus.io/scrape': 'true' } }
            : {}),
        },
        spec: {
          ...(hasRbac(spec) ? { serviceAccountName: names.serviceAccount } : {}),
          ...(priority === '' || isBasic ? {} : { priorityClassName: priority }),
          ...(dnsPolicy === '' ? {} : { dnsPolicy }),
          ...(networkMode === 'hostNetwork' ? { hostNetwork: true } : {}),
          ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
          affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
          tolerations: tolerateAll,
          ...(isBasic ? {} : { terminationGracePeriodSeconds: generation === 1 ? 60 : 300 }),
          ...initContainers(spec, revision),
          containers: [controllerContainer(spec, revision)],
          ...(volumes.length === 0 ? {} : { volumes }),
        },
      },
    },
  };
}

const certificateVolume = { name: 'webhook-cert', secret: { secretName: admissionName } };
const certificateMount = {
  name: certificateVolume.name,
  mountPath: '/usr/local/certificates/',
  readOnly: true,
};

function controllerContainer(spec: ClusterSpec, revision: NginxRevision): Fields {
  const { ingress } = spec;
  const { generation, isBasic, names } = revision;
  const volumeMounts = [
    ...(generation === 1 ? [] : [certificateMount]),
    ...(ingress.extraVolumeMounts ?? []).map(withoutEmpty),
  ];
  return {
    name: names.container,
    image: systemImage(spec, 'ingress'),
    ...(generation === 1
      ? {}
      : {
          imagePullPolicy: 'IfNotPresent',
          lifecycle: { preStop: { exec: { command: ['/wait-shutdown'] } } },
        }),
    args: controllerArguments(spec, revision),
    ...controllerSecurity(spec, revision),
    env: [
      fieldEnv('POD_NAME', 'metadata.name'),
      fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
      ...(generation === 1 ? [] : [{ name: 'LD_PRELOAD', value: '/usr/local/lib/libmimalloc.so' }]),
      ...(ingress.extraEnvs ?? []).map(withoutEmpty),
    ],
    livenessProbe: { ...probe, failureThreshold: generation === 1 ? 3 : 5 },
    readinessProbe: { ...(isBasic ? withoutDelay : probe), failureThreshold: 3 },
    ports: containerPorts(ingress, revision),
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
  };
}

const withoutDelay = {
  httpGet: { path: '/healthz', port: 10254, scheme: 'HTTP' },
  periodSeconds: 10,
  successThreshold: 1,
  timeoutSeconds: 1,
};
const probe = { ...withoutDelay, initialDelaySeconds: 10 };

/**
 * On the host's network the ports are 80 and 443, whatever the arguments say; the API server copies them to `hostPort`. That is
 * how RKE has it, so with `http-port` among the arguments the controller listens elsewhere.
 */
function containerPorts(ingress: IngressSpec, revision: NginxRevision): Fields[] {
  const { generation, version } = revision;
  const networkMode = networkModeOf(ingress, revision);
  const { extraArgs = {}, httpPort = 80, httpsPort = 443 } = ingress;
  const port = (name: 'http' | 'https', standard: number, hostPort: number): Fields => ({
    name,
    containerPort: networkMode === 'hostNetwork' ? standard : Number(extraArgs[`${name}-port`] || standard),
    ...(networkMode === 'hostPort' ? { hostPort } : {}),
    ...(generation === 3 ? { protocol: 'TCP' } : {}),
  });
  const own = [port('http', 80, httpPort), port('https', 443, httpsPort)];
  if (generation === 1) return own;
  const webhook = { name: 'webhook', containerPort: 8443, protocol: 'TCP' };
  return version === '0.48.1' ? [webhook, ...own] : [...own, webhook];
}

/** Members that Go leaves out of a variable or a mount. */
function withoutEmpty(given: Fields): Fields {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== false));
}
