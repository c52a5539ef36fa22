import type { AuditLogSpec, NodeSpec } from '../../config/cluster-spec.js';
import { hostInUrl } from '../../core/ip.js';
import { hash } from '../../core/stable.js';
import { renderAdmissionConfiguration, admissionFile } from '../apiserver/admission-configuration.js';
import { auditFile, renderAuditPolicy } from '../apiserver/audit-policy.js';
import { certificatePath, keyPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildWebhookFlags } from '../apiserver/authentication-webhook.js';
import { buildCloudChecksum, buildCloudFlags } from '../cloud/cloud-provider.js';
import { encryptionFile } from '../encryption/encryption-configuration.js';
import {
  buildConfigBind,
  buildKubernetesContainer,
  trimAndDeduplicate,
} from '../container/container-fields.js';
import { applyExtraArgs, applyServiceOptions, type FlagMap } from '../container/flags.js';
import { hasRole, nodesWithRole, type HostContext } from '../host-context.js';
import { joinPrefix } from '../prefix-path.js';

/** Plans kube-apiserver of a control-plane host (RKE cluster/plan.go:169-353). */
export function planKubeApiserver(context: HostContext): ContainerSpec {
  const { services } = context.spec;
  const service = services.kubeApi;
  const flags = applyServiceOptions(buildFlags(context), context.serviceOptions.kubeapi);
  const auditDirectory = joinPrefix(context.prefixPath, '/var/log/kube-audit');
  const container = buildKubernetesContainer(context, {
    name: 'kube-apiserver',
    flags: applyExtraArgs({ ...flags, ...buildLateFlags(context, flags) }, service),
    service,
    binds: [
      buildConfigBind(context),
      ...(service.auditLog?.enabled === true ? [`${auditDirectory}:/var/log/kube-audit`] : []),
    ],
    env: trimAndDeduplicate([...buildChecksums(context), ...(service.extraEnv ?? [])]),
  });
  return {
    ...container,
    healthCheck: { url: 'https://localhost:6443/healthz', certificate: 'kube-apiserver' },
  };
}

function buildFlags(context: HostContext): FlagMap {
  const { services } = context.spec;
  const service = services.kubeApi;
  return {
    'admission-control-config-file': admissionFile,
    'client-ca-file': certificatePath('kube-ca'),
    ...buildCloudFlags(context.spec),
    ...buildEtcdFlags(context),
    ...buildWebhookFlags(context.spec),
    ...(context.encryptionConfig === '' ? {} : { 'encryption-provider-config': encryptionFile }),
    'kubelet-client-certificate': certificatePath('kube-apiserver'),
    'kubelet-client-key': keyPath('kube-apiserver'),
    'proxy-client-cert-file': certificatePath('kube-apiserver-proxy-client'),
    'proxy-client-key-file': keyPath('kube-apiserver-proxy-client'),
    'requestheader-allowed-names': 'kube-apiserver-proxy-client',
    'requestheader-client-ca-file': certificatePath('kube-apiserver-requestheader-ca'),
    'service-account-key-file': keyPath('kube-service-account-token'),
    'service-cluster-ip-range': service.serviceClusterIpRange,
    'service-node-port-range': service.serviceNodePortRange,
    'tls-cert-file': certificatePath('kube-apiserver'),
    'tls-private-key-file': keyPath('kube-apiserver'),
    ...(services.kubelet.generateServingCertificate === true
      ? { 'kubelet-certificate-authority': certificatePath('kube-ca') }
      : {}),
  };
}

/** Builds the flags that RKE sets after those of the catalogue and before `extra_args`. */
function buildLateFlags({ spec, node }: HostContext, flags: FlagMap): FlagMap {
  const { alwaysPullImages, eventRateLimit, auditLog } = spec.services.kubeApi;
  const plugins = [
    flags['enable-admission-plugins'] ?? '',
    ...(alwaysPullImages === true ? ['AlwaysPullImages'] : []),
    ...(eventRateLimit?.enabled === true ? ['EventRateLimit'] : []),
  ];
  return {
    ...(spec.authorization.mode === 'rbac' ? { 'authorization-mode': 'Node,RBAC' } : {}),
    ...(isIpAddress(node.internalAddress) ? { 'advertise-address': node.internalAddress } : {}),
    ...(plugins.length > 1 ? { 'enable-admission-plugins': plugins.join(',') } : {}),
    ...(auditLog?.configuration === undefined ? {} : buildAuditFlags(auditLog.configuration)),
  };
}

/** Builds the audit flags. An incomplete configuration gets no defaults, the same as in RKE. */
function buildAuditFlags(configuration: Partial<NonNullable<AuditLogSpec['configuration']>>): FlagMap {
  return {
    'audit-log-format': configuration.format ?? '',
    'audit-log-maxage': String(configuration.maxAge ?? 0),
    'audit-log-maxbackup': String(configuration.maxBackup ?? 0),
    'audit-log-maxsize': String(configuration.maxSize ?? 0),
    'audit-log-path': configuration.path ?? '',
    'audit-policy-file': auditFile,
  };
}

/** Builds the flags for the cluster's etcd, or for an external one with its certificates. */
function buildEtcdFlags(context: HostContext): FlagMap {
  const { externalUrls = [], path = '' } = context.spec.services.etcd;
  const isExternal = externalUrls.length > 0;
  const client = isExternal ? 'kube-etcd-client' : 'kube-node';
  return {
    'etcd-cafile': certificatePath(isExternal ? 'kube-etcd-client-ca' : 'kube-ca'),
    'etcd-certfile': certificatePath(client),
    'etcd-keyfile': keyPath(client),
    'etcd-prefix': isExternal ? path : '/registry',
    'etcd-servers': isExternal ? externalUrls.join(',') : listEtcdServers(context),
  };
}

/** Lists the client URLs of all members, that of this host first. */
function listEtcdServers({ spec, node }: HostContext): string {
  const others = nodesWithRole(spec, 'etcd').filter(({ address }) => address !== node.address);
  return [...(hasRole(node, 'etcd') ? [node] : []), ...others].map(clientUrl).join(',');
}

const clientUrl = (node: NodeSpec): string => `https://${hostInUrl(node.internalAddress)}:2379`;

/**
 * Builds digests of the files that it reads, so that a changed file recreates the container (RKE cluster/plan.go:1272). The
 * digest excludes the newline that is appended on the host.
 */
function buildChecksums({ spec, minor }: HostContext): string[] {
  const { kubeApi } = spec.services;
  const isAdmissionOverridden = kubeApi.extraArgs?.['admission-control-config-file'] !== undefined;
  const admission = hash('md5', renderAdmissionConfiguration(kubeApi, minor));
  return [
    ...buildCloudChecksum(spec),
    ...(isAdmissionOverridden ? [] : [`RKE_ADMISSION_CONFIG_CHECKSUM=${admission}`]),
    ...(kubeApi.auditLog?.enabled === true
      ? [`RKE_AUDITLOG_CONFIG_CHECKSUM=${hash('md5', renderAuditPolicy(kubeApi.auditLog))}`]
      : []),
  ];
}

/** True if Go's net.ParseIP accepts the text: no leading zeros; only IPv6 has colons. */
function isIpAddress(text: string): boolean {
  const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
  return new RegExp(`^${octet}(\\.${octet}){3}$`).test(text) || /^[\da-f.]*:[\da-f:.]*$/i.test(text);
}
