import type { ClusterSpec, MonitoringSpec, StringMap } from '../../../config/cluster-spec.js';
import { sortedEntries } from '../../../core/stable.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { addonNamespace } from '../rbac.js';
import {
  isNotWindows,
  isWorker,
  requireNode,
  rolloutStrategy,
  tolerateAll,
  tolerationsOr,
} from '../scheduling.js';
import { systemImage } from '../system-image.js';
import type { MetricsRevision } from './metrics-revisions.js';

type Fields = Readonly<Record<string, unknown>>;

const name = 'metrics-server';

/** The pods of metrics-server, on workers. */
export function metricsDeployment(
  spec: ClusterSpec,
  { labels, revision }: { readonly labels: StringMap; readonly revision: MetricsRevision },
): KubeObject {
  const { monitoring } = spec;
  const image = systemImage(spec, 'metricsServer');
  const { port } = revision;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      replicas: monitoring.replicas ?? 1,
      selector: { matchLabels: labels },
      strategy: rolloutStrategy(monitoring.updateStrategy, {
        strategy: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      }),
      template: {
        metadata: { name, labels },
        spec: {
          serviceAccountName: name,
          ...priorityClass(monitoring, port === undefined ? '' : 'system-cluster-critical'),
          affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
          ...(monitoring.nodeSelector === undefined ? {} : { nodeSelector: monitoring.nodeSelector }),
          tolerations: tolerationsOr(monitoring.tolerations, tolerateAll),
          ...(port === undefined
            ? { containers: [plainContainer(image, { monitoring, revision })] }
            : {
                containers: [{ ...securedContainer({ monitoring, revision, port }), image }],
                volumes: [{ name: 'tmp-dir', emptyDir: {} }],
              }),
        },
      },
    },
  };
}

function priorityClass(monitoring: MonitoringSpec, standard: string): Fields {
  const given = monitoring.metricsServerPriorityClassName || standard;
  return given === '' ? {} : { priorityClassName: given };
}

interface Flags {
  readonly monitoring: MonitoringSpec;
  readonly revision: MetricsRevision;
}

/** kubelets sign their certificates themselves, so metrics-server does not verify them. */
function flagsOf({ monitoring, revision: { addressTypes, flags } }: Flags): string[] {
  return [
    '--kubelet-insecure-tls',
    `--kubelet-preferred-address-types=${addressTypes}`,
    ...flags,
    ...optionFlags(monitoring),
  ];
}

const optionFlags = ({ options }: MonitoringSpec): string[] =>
  sortedEntries(options ?? {}).map(([flag, value]) => `--${flag}=${value}`);

/** Before Kubernetes 1.20.4. Up to metrics-server 0.2 it read the kubelets by Heapster's source. */
function plainContainer(image: string, flags: Flags): Fields {
  const source =
    '--source=kubernetes.summary_api:https://kubernetes.default.svc?kubeletHttps=true&kubeletPort=10250&useServiceAccount=true&insecure=true';
  const args = /:v0\.3(\.[^/]*)?$/.test(image) ? flagsOf(flags) : [source, ...optionFlags(flags.monitoring)];
  return { name, image, imagePullPolicy: 'Always', command: ['/metrics-server', ...args] };
}

function securedContainer({ port, ...flags }: Flags & { readonly port: number }): Fields {
  const { readinessDelay, resources, securityContext } = flags.revision;
  const probe = (path: string): Fields => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    failureThreshold: 3,
    periodSeconds: 10,
  });
  return {
    name,
    imagePullPolicy: 'IfNotPresent',
    args: ['--cert-dir=/tmp', `--secure-port=${port}`, ...flagsOf(flags)],
    ports: [{ name: 'https', containerPort: port, protocol: 'TCP' }],
    livenessProbe: probe('/livez'),
    readinessProbe: {
      ...probe('/readyz'),
      ...(readinessDelay === undefined ? {} : { initialDelaySeconds: readinessDelay }),
    },
    ...(resources === undefined ? {} : { resources }),
    securityContext,
    volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
  };
}
