import type { Fields } from '../../../core/fields.js';
import type { AciRevision } from './aci-revision.js';
import { pluginLabel, type AciSettings } from './aci-settings.js';

/** The ConfigMap that controller and agents read. */
export const configName = 'aci-containers-config';

/** `securityContext` of a container with capabilities. */
export function security(settings: AciSettings, capabilities: readonly string[]): Fields {
  return {
    ...(settings.isTrue('use_privileged_container') ? { privileged: true } : {}),
    capabilities: { add: capabilities },
  };
}

export function pullSecrets({ text }: AciSettings): Fields {
  const name = text('image_pull_secret');
  return name === '' ? {} : { imagePullSecrets: [{ name }] };
}

/**
 * Priority class of pods. RKE's template sets it twice if ACI's own class is used, and the last one counts.
 *
 * @param standard the class unless an option names another or none
 */
export function priority(settings: AciSettings, { hasMemoryLimits }: AciRevision, standard: string): Fields {
  if (hasMemoryLimits && settings.isOn('use_system_node_priority_class'))
    return { priorityClassName: 'system-node-critical' };
  if (settings.isTrue('use_aci_cni_priority_class')) return { priorityClassName: 'acicni-priority' };
  return settings.isTrue('no_priority_class') ? {} : { priorityClassName: standard };
}

/**
 * Memory of a container that has options of its own; the missing one of the two is that of all containers.
 *
 * @param container what its options begin with, e.g. `opflex_agent`
 */
export function memory({ text }: AciSettings, { hasMemoryLimits }: AciRevision, container: string): Fields {
  const limit = text(`${container}_memory_limit`);
  const request = text(`${container}_memory_request`);
  if (!hasMemoryLimits || (limit === '' && request === '')) return {};
  return {
    resources: {
      limits: { memory: limit || text('aci_containers_memory_limit') },
      requests: { memory: request || text('aci_containers_memory_request') },
    },
  };
}

/** Asks the agent or the controller for its status. */
export function statusProbe({ hasPolicyResources }: AciRevision, port: number): Fields {
  const httpGet = { path: '/status', port };
  return hasPolicyResources
    ? {
        failureThreshold: 10,
        httpGet: { ...httpGet, scheme: 'HTTP' },
        initialDelaySeconds: 120,
        periodSeconds: 60,
        successThreshold: 1,
        timeoutSeconds: 30,
      }
    : { httpGet };
}

/** Logs and data of containers, which drop logs and support bundles read. */
const logs = {
  varlogpods: '/var/log/pods',
  varlogcontainers: '/var/log/containers',
  varlibdocker: '/var/lib/docker',
};

export function logMounts({ hasMemoryLimits }: AciRevision): Fields[] {
  return hasMemoryLimits
    ? Object.entries(logs).map(([name, mountPath]) => ({ name, mountPath, readOnly: true }))
    : [];
}

export function logVolumes({ hasMemoryLimits }: AciRevision): Fields[] {
  return hasMemoryLimits ? Object.entries(logs).map(([name, path]) => hostPath(name, path)) : [];
}

export const hostPath = (name: string, path: string): Fields => ({ name, hostPath: { path } });

export const mount = (name: string, mountPath: string): Fields => ({ name, mountPath });

/** /var and /run of the host, where Open vSwitch and the agents keep data and sockets. */
export const runMounts = [
  mount('hostvar', '/usr/local/var'),
  mount('hostrun', '/run'),
  mount('hostrun', '/usr/local/run'),
];
export const runVolumes = [hostPath('hostvar', '/var'), hostPath('hostrun', '/run')];

/** A key of the ConfigMap as a file. */
export const configVolume = (name: string, key: string, path: string): Fields => ({
  name,
  configMap: { name: configName, items: [{ key, path }] },
});

export const podLabels = (name: string): Readonly<Record<string, string>> => ({ name, ...pluginLabel });

export function criticalAnnotation({ hasCriticalAnnotation }: AciRevision): Readonly<Record<string, string>> {
  return hasCriticalAnnotation ? { 'scheduler.alpha.kubernetes.io/critical-pod': '' } : {};
}

/** Pod metadata; `annotations` only if there are any. */
export function podMetadata(name: string, annotations: Readonly<Record<string, string>>): Fields {
  return {
    labels: podLabels(name),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
