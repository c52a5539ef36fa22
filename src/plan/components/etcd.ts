import type { NodeSpec } from '../../config/cluster-spec.js';
import { hostInUrl } from '../../core/ip.js';
import { certificatePath, etcdCertificateName, keyPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec, PlannedMember } from '../cluster-plan-types.js';
import {
  buildConfigBind,
  buildLongLivedContainer,
  buildTypeSecurityOpt,
  trimAndDeduplicate,
  adaptBinds,
} from '../container/container-fields.js';
import { isImageAtLeast } from '../container/image-release.js';
import { renderFlags, applyExtraArgs, applyServiceOptions, type FlagMap } from '../container/flags.js';
import { nodesWithRole, type HostContext } from '../host-context.js';
import { joinPrefix } from '../prefix-path.js';

/** Directory of the database in the container, with RKE's trailing slash. */
export const etcdDataDirectory = '/var/lib/rancher/etcd/';

/** Builds the bind of a member's database (RKE services/etcd.go). */
export function buildEtcdDataBind({ prefixPath }: HostContext): string {
  return `${joinPrefix(prefixPath, '/var/lib/etcd')}:${etcdDataDirectory}:z`;
}

/** Names a node as a member of etcd, whether or not it is one yet. */
export function nameMember(node: NodeSpec): PlannedMember {
  return {
    host: node.address,
    name: memberName(node),
    peerUrl: nodeUrl(node, 2380),
    clientUrl: nodeUrl(node, 2379),
  };
}

/** Plans a member of the cluster's etcd (RKE cluster/plan.go:1017-1198). */
export function planEtcd(context: HostContext): ContainerSpec {
  const { spec, node, serviceOptions } = context;
  const service = spec.services.etcd;
  const flags = applyExtraArgs(applyServiceOptions(buildFlags(context), serviceOptions.etcd), service);
  // Switches without values for versions whose catalogue entry does not set them.
  const switches = ['client-cert-auth', 'peer-client-cert-auth'].filter((name) => !(name in flags));
  const { uid = 0, gid = 0 } = service;
  return buildLongLivedContainer({
    name: 'etcd',
    image: spec.systemImages['etcd'] ?? '',
    cmd: ['/usr/local/bin/etcd', ...switches.map((name) => `--${name}`), ...renderFlags(flags, service)],
    // RKE neither trims nor deduplicates the environment of etcd.
    env: [...buildClientEnv(context), ...(service.extraEnv ?? [])],
    binds: trimAndDeduplicate([
      ...adaptBinds(context, [buildEtcdDataBind(context), buildConfigBind(context)]),
      ...(service.extraBinds ?? []),
    ]),
    securityOpt: buildTypeSecurityOpt(context),
    // The gid only enables this; RKE uses the uid twice (cluster/plan.go:1180-1182).
    ...(uid !== 0 && gid !== 0 ? { user: `${uid}:${uid}` } : {}),
    healthCheck: { url: `${nodeUrl(node, 2379)}/health`, certificate: 'kube-node' },
  });
}

function buildFlags({ spec, node }: HostContext): FlagMap {
  const image = spec.systemImages['etcd'] ?? '';
  const certificate = etcdCertificateName(node);
  const listen = listenAddress(node);
  const url = nodeUrl(node, 2379);
  const ca = certificatePath('kube-ca');
  return {
    'advertise-client-urls': isImageAtLeast(image, '3.4.3') ? url : `${url},${nodeUrl(node, 4001)}`,
    'cert-file': certificatePath(certificate),
    ...(isImageAtLeast(image, '3.4.14') ? { 'cipher-suites': cipherSuites } : {}),
    'data-dir': etcdDataDirectory,
    'initial-advertise-peer-urls': nodeUrl(node, 2380),
    'initial-cluster': nodesWithRole(spec, 'etcd').map(memberUrl).join(','),
    'initial-cluster-state': 'new',
    'initial-cluster-token': 'etcd-cluster-1',
    'key-file': keyPath(certificate),
    'listen-client-urls': `https://${hostInUrl(listen)}:2379`,
    'listen-peer-urls': `https://${hostInUrl(listen)}:2380`,
    name: memberName(node),
    'peer-cert-file': certificatePath(certificate),
    'peer-key-file': keyPath(certificate),
    'peer-trusted-ca-file': ca,
    'trusted-ca-file': ca,
  };
}

const cipherSuites = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384';

/** Builds the settings of `etcdctl` in the container. */
function buildClientEnv({ spec, node, facts }: HostContext): string[] {
  const certificate = etcdCertificateName(node);
  const listen = listenAddress(node);
  return [
    'ETCDCTL_API=3',
    `ETCDCTL_CACERT=${certificatePath('kube-ca')}`,
    `ETCDCTL_CERT=${certificatePath(certificate)}`,
    `ETCDCTL_KEY=${keyPath(certificate)}`,
    isImageAtLeast(spec.systemImages['etcd'] ?? '', '3.2.99')
      ? `ETCDCTL_ENDPOINTS=https://${listen === anyAddress ? '127.0.0.1' : hostInUrl(listen)}:2379`
      : `ETCDCTL_ENDPOINT=https://${hostInUrl(listen)}:2379`,
    `ETCD_UNSUPPORTED_ARCH=${facts.architecture === 'aarch64' ? 'arm64' : facts.architecture}`,
  ];
}

const anyAddress = '0.0.0.0';

/** Finds the listen address: any on a host with one address, otherwise only the internal one. */
function listenAddress({ address, internalAddress }: NodeSpec): string {
  return address === internalAddress ? anyAddress : internalAddress;
}

const memberName = (node: NodeSpec): string => `etcd-${node.hostnameOverride}`;
const memberUrl = (node: NodeSpec): string => `${memberName(node)}=${nodeUrl(node, 2380)}`;

/** With brackets for IPv6. RKE omits them, and etcd does not start (cluster/plan.go:1066). */
const nodeUrl = ({ internalAddress }: NodeSpec, port: number): string =>
  `https://${hostInUrl(internalAddress)}:${port}`;
