import type { Fields } from '../../../core/fields.js';
import type { ClusterSpec } from '../../../config/cluster-spec.js';
import { valueEnv } from '../container-env.js';
import { networkOption } from '../network-option.js';
import { systemImage } from '../system-image.js';
import type { WeaveRevision } from './weave-revisions.js';

const securityContext = { privileged: true };
const lock = { name: 'xtables-lock', mountPath: '/run/xtables.lock' };
const writableLock = { ...lock, readOnly: false };
/** Directories of the host into which the CNI plugin and its configuration are written. */
const installed = [
  { name: 'cni-bin', mountPath: '/host/opt' },
  { name: 'cni-bin2', mountPath: '/host/home' },
  { name: 'cni-conf', mountPath: '/host/etc' },
];
const modules = { name: 'lib-modules', mountPath: '/lib/modules' };
const nodeName = {
  name: 'HOSTNAME',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } },
};

/** Loads kernel modules and installs the CNI plugin of weave. */
export function weaveInit(spec: ClusterSpec): Fields {
  return {
    name: 'weave-init',
    image: systemImage(spec, 'weaveNode'),
    command: ['/home/weave/init.sh'],
    securityContext,
    volumeMounts: [...installed, modules, writableLock],
  };
}

/** The router, the network policy controller, and rke-tools, which puts the other CNI plugins on the host and stays. */
export function weaveContainers(spec: ClusterSpec, revision: WeaveRevision): Fields[] {
  return [
    router(spec, revision),
    {
      name: 'weave-npc',
      image: systemImage(spec, 'weaveCni'),
      env: [nodeName],
      resources: { requests: { cpu: cpuOf(revision) } },
      securityContext,
      volumeMounts: [lock],
    },
    {
      name: 'weave-plugins',
      image: systemImage(spec, 'alpine'),
      command: ['/opt/rke-tools/weave-plugins-cni.sh'],
      securityContext,
      volumeMounts: [{ name: 'cni-bin', mountPath: '/opt' }],
    },
  ];
}

function router(spec: ClusterSpec, revision: WeaveRevision): Fields {
  const { hasInitContainer } = revision;
  const { options, mtu = 0 } = spec.network;
  const password = networkOption(options, 'WeavePassword');
  return {
    name: 'weave',
    image: systemImage(spec, 'weaveNode'),
    command: ['/home/weave/launch.sh'],
    env: [
      ...(hasInitContainer ? valueEnv({ INIT_CONTAINER: 'true' }) : []),
      nodeName,
      ...valueEnv({
        IPALLOC_RANGE: spec.services.kubeController.clusterCidr,
        ...(password === undefined ? {} : { WEAVE_PASSWORD: password }),
        ...(mtu === 0 ? {} : { WEAVE_MTU: String(mtu) }),
      }),
    ],
    readinessProbe: {
      httpGet: { host: '127.0.0.1', path: '/status', port: 6784 },
      initialDelaySeconds: 30,
    },
    resources: { requests: { cpu: cpuOf(revision) } },
    securityContext,
    volumeMounts: [
      { name: 'weavedb', mountPath: '/weavedb' },
      ...(hasInitContainer ? [] : [...installed, modules]),
      { name: 'dbus', mountPath: '/host/var/lib/dbus', ...(hasInitContainer ? { readOnly: true } : {}) },
      ...(hasInitContainer
        ? [{ name: 'cni-machine-id', mountPath: '/host/etc/machine-id', readOnly: true }, writableLock]
        : [lock]),
    ],
  };
}

const cpuOf = ({ hasInitContainer }: WeaveRevision): string => (hasInitContainer ? '50m' : '10m');
