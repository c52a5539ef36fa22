import { X509Certificate } from 'node:crypto';
import { ipBytes } from '../core/ip.js';
import { isRecord } from '../core/stable.js';
import { adminIn, itemsOf, nameOf, pemOf, textOf, type Kubeconfig } from './entries.js';
import { adminKubeconfig, serverUrl, type AdminKubeconfigOptions } from './admin-kubeconfig.js';
import { pemText } from '../core/pem-text.js';

export interface KeptKubeconfigOptions extends AdminKubeconfigOptions {
  /** Addresses that the file may lead to: the cluster's control planes. */
  readonly controlPlanes: readonly string[];
  /** Addresses that it may have led to and that are control planes no more. */
  readonly formerControlPlanes: readonly string[];
  /** CAs that the cluster had before, as PEM. */
  readonly formerCas: readonly string[];
}

/** What becomes of the kubeconfig beside cluster.yml. */
export type KeptKubeconfig =
  /** It is good as it is. */
  | { readonly kind: 'kept' }
  /** Nobody has edited it, or there is none. */
  | { readonly kind: 'written'; readonly text: string }
  /** The user's own text with what has changed in it. */
  | { readonly kind: 'updated'; readonly text: string }
  /** It is of another cluster, or cannot be read. */
  | { readonly kind: 'replaced'; readonly text: string };

/**
 * Decides what becomes of kube_config_cluster.yml, which RKE writes anew in every run (cluster/cluster.go
 * rebuildLocalAdminConfig), with the edits of the user gone. A file with the right certificates stays, whatever server it
 * leads to. In one that the user has edited only what is out of date is replaced, as text: the rest stays to the last comment.
 *
 * @param text of the file; undefined for none
 * @param file what it says; undefined if it is no kubeconfig
 */
export function keepKubeconfig(
  text: string | undefined,
  file: Kubeconfig | undefined,
  options: KeptKubeconfigOptions,
): KeptKubeconfig {
  const wanted = adminKubeconfig(options);
  if (text === undefined) return { kind: 'written', text: wanted };
  if (text.trimEnd() === wanted.trimEnd()) return { kind: 'kept' };
  const replacements = file && replacementsIn(file, options);
  if (file === undefined || replacements === undefined) return { kind: 'replaced', text: wanted };
  if (isGenerated(text, file, options)) {
    const fresh = adminKubeconfig({ ...options, controlPlane: controlPlaneIn(file, options) });
    return text.trimEnd() === fresh.trimEnd() ? { kind: 'kept' } : { kind: 'written', text: fresh };
  }
  if (replacements.length === 0) return { kind: 'kept' };
  // A value that is folded over several lines is not found as text.
  if (!replacements.every(([old]) => text.includes(old))) return { kind: 'replaced', text: wanted };
  const updated = replacements.reduce((before, [old, fresh]) => before.replaceAll(old, fresh), text);
  return { kind: 'updated', text: updated };
}

/** What is out of date, with what takes its place; undefined if nothing in the file is of this cluster. */
function replacementsIn(
  file: Kubeconfig,
  options: KeptKubeconfigOptions,
): readonly (readonly [old: string, fresh: string])[] | undefined {
  const { caPem, certificatePem, keyPem, controlPlane, controlPlanes, formerControlPlanes } = options;
  const cas = [caPem, ...options.formerCas];
  const here = controlPlanes.map(serverUrl);
  const gone = formerControlPlanes.map(serverUrl).filter((url) => !here.includes(url));
  const found: [string, string][] = [];
  const compare = (old: string, fresh: string): void => {
    if (old !== '' && pemText(decoded(old)) !== pemText(fresh)) found.push([old, encoded(fresh)]);
  };
  const ours = new Set<string>();
  for (const item of itemsOf(file, 'clusters')) {
    const cluster = isRecord(item['cluster']) ? item['cluster'] : {};
    const data = textOf(cluster['certificate-authority-data']);
    const server = textOf(cluster['server']);
    const url = server.replace(/\/+$/, '');
    const isKnown = cas.some((ca) => pemText(ca) === pemText(decoded(data)));
    if (!isKnown && !here.includes(url) && !gone.includes(url)) continue;
    ours.add(nameOf(item));
    compare(data, caPem);
    if (gone.includes(url)) found.push([server, serverUrl(controlPlane)]);
  }
  const usersHere = new Set(
    itemsOf(file, 'contexts').flatMap(({ context }) =>
      isRecord(context) && ours.has(String(context['cluster'])) ? [String(context['user'])] : [],
    ),
  );
  let hasAdmin = false;
  for (const item of itemsOf(file, 'users')) {
    const user = isRecord(item['user']) ? item['user'] : {};
    const data = textOf(user['client-certificate-data']);
    const isHere = usersHere.has(nameOf(item));
    if (!isAdmin(pemOf(data), isHere ? undefined : cas)) continue;
    hasAdmin = true;
    compare(data, certificatePem);
    compare(textOf(user['client-key-data']), keyPem);
  }
  return ours.size > 0 || hasAdmin ? found : undefined;
}

/** True if the file is just as rke or RKE writes it for one of the control planes: nobody has edited it. */
function isGenerated(
  text: string,
  file: Kubeconfig,
  { controlPlanes, formerControlPlanes }: KeptKubeconfigOptions,
): boolean {
  const admin = adminIn(file);
  const controlPlane = [...controlPlanes, ...formerControlPlanes].find(
    (address) => serverUrl(address) === admin?.server,
  );
  if (admin === undefined || controlPlane === undefined) return false;
  const pem = { caPem: `${admin.ca}\n`, certificatePem: `${admin.cert}\n`, keyPem: `${admin.key}\n` };
  const clusterName = String(file['current-context']);
  return adminKubeconfig({ clusterName, controlPlane, ...pem }).trimEnd() === text.trimEnd();
}

/** The control plane that the file leads to if it is one of the cluster, else the one of the state. */
function controlPlaneIn(file: Kubeconfig, { controlPlanes, controlPlane }: KeptKubeconfigOptions): string {
  return controlPlanes.find((address) => serverUrl(address) === adminIn(file)?.server) ?? controlPlane;
}

/**
 * True for a certificate of the administrator that rke makes. Others are the user's own.
 *
 * @param cas one of them must have signed it; undefined if that does not count
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
 * The server of the user's own that a kubeconfig leads to although the certificate of kube-apiserver does not name it;
 * undefined if all is well, or it cannot be told. With another CA or none in the file it is another server that answers.
 */
export function unnamedServer(file: Kubeconfig, caPem: string, apiserverPem: string): string | undefined {
  const admin = adminIn(file);
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

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
