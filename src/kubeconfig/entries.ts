import { X509Certificate } from 'node:crypto';
import { isRecord } from '../core/stable.js';

/** A kubeconfig, of which only what is needed here is known. */
export type Kubeconfig = Readonly<Record<string, unknown>>;
export type Entry = Readonly<Record<string, unknown>>;

/** The lists of a kubeconfig, and under which key each item has what its name stands for. */
export const lists = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;
export type List = keyof typeof lists;

/** What a cluster is known by in a kubeconfig. */
export interface KnownBy {
  readonly caPem: string;
  /** URLs of all its control planes. */
  readonly servers: readonly string[];
}

/** A name that the file has for something else. */
export interface Collision {
  readonly kind: 'cluster' | 'context' | 'user';
  readonly name: string;
  /** What the file has it for. */
  readonly theirs: string;
}

/** What a name stands for in a list of the file; undefined where it is not there. */
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

/** Server and PEM texts of the current context; undefined where the file does not have all of them. */
export function adminIn(
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

/** A name is a text for kubectl, however it is written. */
export const nameOf = (item: Entry): string => String(item['name']);

/**
 * Looks whether names can be used for a cluster: they can where the file does not have them, or has them for this very
 * cluster, which it is by its authority or by the address of one of its control planes (after a rotation of the authority).
 */
export function collisionsOf(
  file: Kubeconfig,
  { name, user }: { readonly name: string; readonly user: string },
  known: KnownBy,
): Collision[] {
  const found: Collision[] = [];
  const isOurs = (cluster: unknown): boolean => isSameCluster(entryOf(file, 'clusters', cluster), known);
  const named = (cluster: unknown): string => describe(cluster, entryOf(file, 'clusters', cluster));
  if (entryOf(file, 'clusters', name) !== undefined && !isOurs(name))
    found.push({ kind: 'cluster', name, theirs: named(name) });
  const context = entryOf(file, 'contexts', name);
  if (context !== undefined && String(context['cluster']) !== name && !isOurs(context['cluster']))
    found.push({ kind: 'context', name, theirs: named(context['cluster']) });
  const entry = entryOf(file, 'users', user);
  if (entry === undefined) return found;
  const users = itemsOf(file, 'contexts').flatMap(({ context: one }) =>
    isRecord(one) && String(one['user']) === user ? [one['cluster']] : [],
  );
  const foreign = users.find((cluster) => !isOurs(cluster));
  if (foreign !== undefined) found.push({ kind: 'user', name: user, theirs: named(foreign) });
  else if (users.length === 0 && !isSignedBy(entry, known.caPem))
    found.push({
      kind: 'user',
      name: user,
      theirs: 'that of no context, with a certificate of another authority',
    });
  return found;
}

function isSameCluster(cluster: Entry | undefined, { caPem, servers }: KnownBy): boolean {
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

/** The text of a `…-data` member. */
export const pemOf = (base64: unknown): string =>
  Buffer.from(textOf(base64), 'base64').toString('utf8').trim();

function describe(name: unknown, cluster: Entry | undefined): string {
  if (cluster === undefined) return `of cluster "${String(name)}", which is not in the file`;
  return `of cluster "${String(name)}" at ${textOf(cluster['server']) || 'no address'}`;
}

/** '' for anything but a string. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
