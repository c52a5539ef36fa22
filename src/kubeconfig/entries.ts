import { X509Certificate } from 'node:crypto';
import { isRecord } from '../core/stable.js';

/** A parsed kubeconfig; only the members that rke uses are interpreted. */
export type Kubeconfig = Readonly<Record<string, unknown>>;
export type Entry = Readonly<Record<string, unknown>>;

/** The lists of a kubeconfig, and the key under which each entry of a list has its settings. */
export const lists = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;
export type List = keyof typeof lists;

/** What identifies this cluster in a kubeconfig. */
export interface ClusterIdentity {
  readonly caPem: string;
  /** URLs of all its control planes. */
  readonly servers: readonly string[];
}

/** A name that the file uses for another cluster. */
export interface Collision {
  readonly kind: 'cluster' | 'context' | 'user';
  readonly name: string;
  /** What the name belongs to, for the message. */
  readonly owner: string;
}

/** The settings of a named entry; undefined if the list does not have it. */
export function entryOf(file: Kubeconfig, list: List, name: unknown): Entry | undefined {
  const item = itemsOf(file, list).find((one) => nameOf(one) === String(name));
  if (item === undefined) return undefined;
  const entry = item[lists[list]];
  return isRecord(entry) ? entry : {};
}

export function itemsOf(file: Kubeconfig, list: List): readonly Entry[] {
  const items = file[list];
  return Array.isArray(items) ? items.filter(isRecord) : [];
}

/** Server and PEM texts of the current context; undefined if any of them is missing. */
export function readAdmin(
  file: Kubeconfig,
): { readonly server: string; readonly ca: string; readonly cert: string; readonly key: string } | undefined {
  const { cluster, user } = entryOf(file, 'contexts', file['current-context']) ?? {};
  const known = entryOf(file, 'clusters', cluster) ?? {};
  const credentials = entryOf(file, 'users', user) ?? {};
  const admin = {
    server: textOf(known['server']),
    ca: pemOf(known['certificate-authority-data']),
    cert: pemOf(credentials['client-certificate-data']),
    key: pemOf(credentials['client-key-data']),
  };
  return Object.values(admin).includes('') ? undefined : admin;
}

/** kubectl reads every name as a string, quoted or not. */
export const nameOf = (item: Entry): string => String(item['name']);

/**
 * Finds the names that cannot be used for a cluster because the file uses them for another one. A cluster entry is this
 * cluster's if it has its CA, or the address of one of its control planes (after a rotation of the CA).
 */
export function findCollisions(
  file: Kubeconfig,
  { name, user }: { readonly name: string; readonly user: string },
  identity: ClusterIdentity,
): Collision[] {
  const found: Collision[] = [];
  const isOurs = (cluster: unknown): boolean => isSameCluster(entryOf(file, 'clusters', cluster), identity);
  const ownerOf = (cluster: unknown): string => describe(cluster, entryOf(file, 'clusters', cluster));
  if (entryOf(file, 'clusters', name) !== undefined && !isOurs(name))
    found.push({ kind: 'cluster', name, owner: ownerOf(name) });
  const context = entryOf(file, 'contexts', name);
  if (context !== undefined && String(context['cluster']) !== name && !isOurs(context['cluster']))
    found.push({ kind: 'context', name, owner: ownerOf(context['cluster']) });
  const entry = entryOf(file, 'users', user);
  if (entry === undefined) return found;
  const users = itemsOf(file, 'contexts').flatMap(({ context: one }) =>
    isRecord(one) && String(one['user']) === user ? [one['cluster']] : [],
  );
  const foreign = users.find((cluster) => !isOurs(cluster));
  if (foreign !== undefined) found.push({ kind: 'user', name: user, owner: ownerOf(foreign) });
  else if (users.length === 0 && !isSignedBy(entry, identity.caPem))
    found.push({
      kind: 'user',
      name: user,
      owner: 'a cluster with another CA (no context uses it)',
    });
  return found;
}

function isSameCluster(cluster: Entry | undefined, { caPem, servers }: ClusterIdentity): boolean {
  if (cluster === undefined) return false;
  const server = textOf(cluster['server']).replace(/\/+$/, '');
  return pemOf(cluster['certificate-authority-data']) === caPem.trim() || servers.includes(server);
}

function isSignedBy(user: Entry, caPem: string): boolean {
  try {
    const certificate = new X509Certificate(pemOf(user['client-certificate-data']));
    return certificate.verify(new X509Certificate(caPem).publicKey);
  } catch {
    return false;
  }
}

/** Decodes a `…-data` member. */
export const pemOf = (base64: unknown): string =>
  Buffer.from(textOf(base64), 'base64').toString('utf8').trim();

function describe(name: unknown, cluster: Entry | undefined): string {
  if (cluster === undefined) return `cluster "${String(name)}", which the file does not contain`;
  return `cluster "${String(name)}" at ${textOf(cluster['server']) || 'no server'}`;
}

/** The value if it is a string, otherwise ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
