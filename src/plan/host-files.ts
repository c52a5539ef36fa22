import type { CertificateBundle, CertificateName, CertificatePki } from '../pki/certificates.js';
import { renderAdmissionConfiguration, admissionFile } from './apiserver/admission-configuration.js';
import { authenticationFile } from './apiserver/authentication-webhook.js';
import { cloudConfigFile, renderCloudConfig, cloudProviderName } from './cloud/cloud-provider.js';
import { encryptionFile } from './encryption/encryption-configuration.js';
import { auditFile, renderAuditPolicy } from './apiserver/audit-policy.js';
import {
  certificatePath,
  etcdCertificateName,
  keyPath,
  kubeconfigPath,
  kubeletCertificateName,
} from '../pki/required/certificate-paths.js';
import type { HostDirectory, HostFile } from './cluster-plan-types.js';
import { buildEtcdDataBind, etcdDataDirectory } from './components/etcd.js';
import { adaptBinds } from './container/container-fields.js';
import { echoEscapes } from '../core/echo-escapes.js';
import { hasRole, nodesWithRole, type HostContext } from './host-context.js';

/** Plans every file under /etc/kubernetes: certificates, keys and kubeconfigs of the host's roles, and settings. */
export function planHostFiles(context: HostContext, certificates: CertificateBundle): HostFile[] {
  const names = [...new Set(listCertificateNames(context))];
  return [
    ...names.flatMap((name) => buildCertificateFiles(context, certificates[name])),
    ...(cloudProviderName(context.spec) === ''
      ? []
      : [buildSettingsFile(cloudConfigFile, renderCloudConfig(context.spec))]),
    ...buildWebhookFile(context),
    ...(hasRole(context.node, 'controlplane') ? buildControlPlaneFiles(context) : []),
  ];
}

/**
 * Plans the directory of etcd's database: private before the first start, and owned by the user as which etcd runs (RKE
 * services/etcd.go:37-106, container etcd-fix-perm, which uses the uid twice).
 */
export function planHostDirectories(context: HostContext): HostDirectory[] {
  if (!hasRole(context.node, 'etcd')) return [];
  const owner = findEtcdOwner(context)?.uid ?? 0;
  return adaptBinds(context, [buildEtcdDataBind(context)]).map((bind) => ({
    path: etcdDataDirectory.replace(/\/$/, ''),
    bind,
    mode: 0o700,
    uid: owner,
    gid: owner,
  }));
}

/** Lists the certificates of a host by its roles (RKE pki/deploy.go:27-63). */
function listCertificateNames({ spec, node }: HostContext): CertificateName[] {
  return [
    'kube-ca',
    'kube-proxy',
    'kube-node',
    // Every host gets the keys of all kubelets, and every etcd host those of all members.
    ...(spec.services.kubelet.generateServingCertificate === true
      ? spec.nodes.map(kubeletCertificateName)
      : []),
    ...(hasRole(node, 'etcd') ? nodesWithRole(spec, 'etcd').map(etcdCertificateName) : []),
    ...(hasRole(node, 'controlplane') ? controlPlaneCertificates : []),
  ];
}

const controlPlaneCertificates = [
  'kube-etcd-client',
  'kube-etcd-client-ca',
  'kube-apiserver',
  'kube-service-account-token',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-apiserver-requestheader-ca',
  'kube-apiserver-proxy-client',
];

/** Builds the files of certificate, key and kubeconfig of one bundle entry; an empty part gives no file. */
function buildCertificateFiles(context: HostContext, entry: CertificatePki | undefined): HostFile[] {
  if (entry === undefined) return [];
  const { name, certificatePEM, keyPEM, config } = entry;
  const owner = name.includes('kube-etcd') ? findEtcdOwner(context) : undefined;
  // The key of the CA is deployed only to hosts with a controller-manager, which may need it.
  const withKey = name !== 'kube-ca' || hasRole(context.node, 'controlplane');
  const files = [
    { path: certificatePath(name), text: certificatePEM },
    { path: keyPath(name), text: withKey ? keyPEM : '' },
    { path: kubeconfigPath(name), text: config },
  ];
  return files
    .filter(({ text }) => text !== '')
    .map(({ path, text }) => ({
      ...buildRootFile(path, endWithNewline(text)),
      ...(owner ?? {}),
      ...(path === certificatePath('kube-ca') && findEtcdOwner(context) !== undefined ? { mode: 0o644 } : {}),
    }));
}

/** Text that is right already is returned as it is: a thousand hosts then share one copy of it. */
function endWithNewline(text: string): string {
  return /\S\n$/.test(text) ? text : `${text.trimEnd()}\n`;
}

/** Finds the user as which etcd runs on the host; both numbers must be set and not zero (rke-tools cert-deployer). */
function findEtcdOwner({ spec, node }: HostContext): { uid: number; gid: number } | undefined {
  const { uid = 0, gid = 0 } = spec.services.etcd;
  return hasRole(node, 'etcd') && uid !== 0 && gid !== 0 ? { uid, gid } : undefined;
}

/**
 * Builds the files of the API server, except those that extra_args override (RKE cluster/hosts.go:231-321). RKE writes them
 * with `echo`, which appends a newline (cluster/file-deployer.go:33-94).
 */
function buildControlPlaneFiles({ spec, minor, encryptionConfig }: HostContext): HostFile[] {
  const { kubeApi } = spec.services;
  const isOverridden = (flag: string): boolean => kubeApi.extraArgs?.[flag] !== undefined;
  const auditLog = kubeApi.auditLog?.enabled === true ? kubeApi.auditLog : undefined;
  return [
    ...(encryptionConfig === '' ? [] : [buildSettingsFile(encryptionFile, encryptionConfig)]),
    ...(isOverridden('admission-control-config-file')
      ? []
      : [buildSettingsFile(admissionFile, renderAdmissionConfiguration(kubeApi, minor))]),
    ...(auditLog === undefined || isOverridden('audit-policy-file')
      ? []
      : [buildSettingsFile(auditFile, renderAuditPolicy(auditLog))]),
  ];
}

/** Builds the webhook kubeconfig. RKE copies it to every host although only API servers read it (cluster/hosts.go:276). */
function buildWebhookFile({ spec }: HostContext): HostFile[] {
  const { webhook } = spec.authentication;
  return webhook === undefined ? [] : [buildSettingsFile(authenticationFile, webhook.configFile)];
}

/** Builds a file with the bytes that RKE's shell wrote, so that a takeover changes nothing. */
function buildSettingsFile(path: string, text: string): HostFile {
  return buildRootFile(path, echoEscapes(text));
}

function buildRootFile(path: string, content: string): HostFile {
  return { path, content, mode: 0o600, uid: 0, gid: 0 };
}
