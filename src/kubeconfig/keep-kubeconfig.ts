import { X509Certificate } from 'node:crypto';
import { ipBytes } from '../core/ip.js';
import { isRecord } from '../core/stable.js';
import { readAdmin, itemsOf, nameOf, pemOf, textOf, type Kubeconfig } from './entries.js';
import { adminKubeconfig, serverUrl, type AdminKubeconfigOptions } from './admin-kubeconfig.js';
import { pemText } from '../core/pem-text.js';

export interface KeptKubeconfigOptions extends AdminKubeconfigOptions {
  /** Addresses of the control planes, any of which the file may point to. */
  readonly controlPlanes: readonly string[];
  /** Addresses of hosts that were control planes before and are not any more. */
  readonly formerControlPlanes: readonly string[];
  /** Earlier CAs of the cluster, as PEM. */
  readonly formerCas: readonly string[];
}

/** What happens to the kubeconfig beside cluster.yml. */
export type KeptKubeconfig =
  /** It is up to date. */
  | { readonly kind: 'kept' }
  /** It is missing, or outdated and not edited by the user. */
  | { readonly kind: 'written'; readonly text: string }
  /** The user edited it; only outdated values are replaced. */
  | { readonly kind: 'updated'; readonly text: string }
  /** It belongs to another cluster or cannot be read. */
  | { readonly kind: 'replaced'; readonly text: string };

/**
 * Decides what happens to kube_config_cluster.yml. RKE overwrites it in every run and loses the user's edits
 * (cluster/cluster.go rebuildLocalAdminConfig). rke keeps a file with the right certificates, whatever server it points to,
 * and in an edited file replaces only outdated values, as text: comments and formatting are kept.
 *
 * @param text text of the file; undefined if there is none
 * @param file the parsed text; undefined if it is not a kubeconfig
 */
export function keepKubeconfig(
  text: string | undefined,
  file: Kubeconfig | undefined,
  options: KeptKubeconfigOptions,
): KeptKubeconfig {
  const wanted = adminKubeconfig(options);
  if (text === undefined) return { kind: 'written', text: wanted };
  if (text.trimEnd() === wanted.trimEnd()) return { kind: 'kept' };
  const replacements = file && findReplacements(file, options);
  if (file === undefined || replacements === undefined) return { kind: 'replaced', text: wanted };
  if (isGenerated(text, file, options)) {
    const fresh = adminKubeconfig({ ...options, controlPlane: chooseControlPlane(file, options) });
    return text.trimEnd() === fresh.trimEnd() ? { kind: 'kept' } : { kind: 'written', text: fresh };
  }
  if (replacements.length === 0) return { kind: 'kept' };
  // A value folded over several lines cannot be found in the text.
  if (!replacements.every(([old]) => text.includes(old))) return { kind: 'replaced', text: wanted };
  const updated = replacements.reduce((before, [old, fresh]) => before.replaceAll(old, fresh), text);
  return { kind: 'updated', text: updated };
}

/** Outdated values with their replacements; undefined if nothing in the file belongs to this cluster. */
function findReplacements(
  file: Kubeconfig,
  options: KeptKubeconfigOptions,
): readonly (readonly [old: string, fresh: string])[] | undefined {
  const { caPem, certificatePem, keyPem, controlPlane, controlPlanes, formerControlPlanes } = options;
  const cas = [caPem, ...options.formerCas];
  const currentUrls = controlPlanes.map(serverUrl);
  const formerUrls = formerControlPlanes.map(serverUrl).filter((url) => !currentUrls.includes(url));
  const found: [string, string][] = [];
  const compare = (old: string, fresh: string): void => {
    if (old !== '' && pemText(decodeBase64(old)) !== pemText(fresh)) found.push([old, encodeBase64(fresh)]);
  };
  const ourClusters = new Set<string>();
  for (const item of itemsOf(file, 'clusters')) {
    const cluster = isRecord(item['cluster']) ? item['cluster'] : {};
    const data = textOf(cluster['certificate-authority-data']);
    const server = textOf(cluster['server']);
    const url = server.replace(/\/+$/, '');
    const isKnown = cas.some((ca) => pemText(ca) === pemText(decodeBase64(data)));
    if (!isKnown && !currentUrls.includes(url) && !formerUrls.includes(url)) continue;
    ourClusters.add(nameOf(item));
    compare(data, caPem);
    if (formerUrls.includes(url)) found.push([server, serverUrl(controlPlane)]);
  }
  const ourUsers = new Set(
    itemsOf(file, 'contexts').flatMap(({ context }) =>
      isRecord(context) && ourClusters.has(String(context['cluster'])) ? [String(context['user'])] : [],
    ),
  );
  let hasAdmin = false;
  for (const item of itemsOf(file, 'users')) {
    const user = isRecord(item['user']) ? item['user'] : {};
    const data = textOf(user['client-certificate-data']);
    const isOurs = ourUsers.has(nameOf(item));
    if (!isAdmin(pemOf(data), isOurs ? undefined : cas)) continue;
    hasAdmin = true;
    compare(data, certificatePem);
    compare(textOf(user['client-key-data']), keyPem);
  }
  return ourClusters.size > 0 || hasAdmin ? found : undefined;
}

/** True if the file is exactly what rke or RKE v1 writes for one of the control planes, so nobody has edited it. */
function isGenerated(
  text: string,
  file: Kubeconfig,
  { controlPlanes, formerControlPlanes }: KeptKubeconfigOptions,
): boolean {
  const admin = readAdmin(file);
  const controlPlane = [...controlPlanes, ...formerControlPlanes].find(
    (address) => serverUrl(address) === admin?.server,
  );
  if (admin === undefined || controlPlane === undefined) return false;
  const pem = { caPem: `${admin.ca}\n`, certificatePem: `${admin.cert}\n`, keyPem: `${admin.key}\n` };
  const clusterName = String(file['current-context']);
  return adminKubeconfig({ clusterName, controlPlane, ...pem }).trimEnd() === text.trimEnd();
}

/** The control plane that the file points to if it belongs to the cluster, otherwise the one in the options. */
function chooseControlPlane(
  file: Kubeconfig,
  { controlPlanes, controlPlane }: KeptKubeconfigOptions,
): string {
  return controlPlanes.find((address) => serverUrl(address) === readAdmin(file)?.server) ?? controlPlane;
}

/**
 * True for an administrator certificate that rke or RKE v1 issued; users may have added others.
 *
 * @param cas CAs one of which must have signed it; undefined to accept any
 */
function isAdmin(pem: string, cas: readonly string[] | undefined): boolean {
  try {
    const certificate = new X509Certificate(pem);
    if (!certificate.subject.split('\n').includes('CN=kube-admin')) return false;
    return cas?.some((ca) => certificate.verify(new X509Certificate(ca).publicKey)) ?? true;
  } catch {
    return false;
  }
}

/**
 * Finds a server set by the user that the certificate of kube-apiserver does not cover.
 *
 * @returns its host name or IP address; undefined if the certificate covers it, or if the file has another CA or none, so
 *   that another server answers
 */
export function findUncoveredServer(
  file: Kubeconfig,
  caPem: string,
  apiserverPem: string,
): string | undefined {
  const admin = readAdmin(file);
  if (admin === undefined || pemText(admin.ca) !== pemText(caPem)) return undefined;
  const isRenamed = itemsOf(file, 'clusters').some(
    ({ cluster }) => isRecord(cluster) && textOf(cluster['tls-server-name']) !== '',
  );
  if (isRenamed) return undefined;
  try {
    const host = new URL(admin.server).hostname.replace(/^\[|\]$/g, '');
    const certificate = new X509Certificate(apiserverPem);
    const named = ipBytes(host) === undefined ? certificate.checkHost(host) : certificate.checkIP(host);
    return named === undefined ? host : undefined;
  } catch {
    return undefined;
  }
}

const decodeBase64 = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
