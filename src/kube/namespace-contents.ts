import { createLimiter } from '../core/limit.js';
import { listAt, recordAt, textAt, type Fields } from '../core/fields.js';
import { isRecord } from '../core/stable.js';
import type { CallOptions } from '../host/host.js';
import type { ObjectRef } from '../plan/cluster-plan-types.js';
import type { ControlPlanes } from './control-planes.js';
import { versionPath } from './discovery.js';

/** More than anybody wants to see in a message. */
const mostOfOneKind = 50;
const callsAtOnce = 8;

interface Listed extends ObjectRef {
  readonly uid: string;
  readonly owners: readonly string[];
  readonly annotations: Fields;
}

/** What people have put into a namespace; see `KubeReader.contentsOf`. What cannot be listed is reported as a thing of its own. */
export async function readContents(
  namespace: string,
  controlPlanes: Pick<ControlPlanes, 'request'>,
  options: CallOptions,
): Promise<ObjectRef[]> {
  const limited = createLimiter(callsAtOnce);
  const read = (path: string): Promise<unknown> =>
    limited(async () => {
      const { status, body } = await controlPlanes.request({ method: 'GET', path }, options);
      return status === 200 ? (JSON.parse(body) as unknown) : undefined;
    });
  const versions = await listVersions(read);
  const found = await Promise.all(versions.map((apiVersion) => listVersion(apiVersion, namespace, read)));
  const all = found.flat();
  const uids = new Set(all.map(({ uid }) => uid));
  return all
    .filter(({ owners }) => !owners.some((owner) => uids.has(owner)))
    .filter((one) => !isOfEveryNamespace(one))
    .map(({ apiVersion, kind, name }) => ({ apiVersion, kind, namespace, name }));
}

/** The version of each group that the API prefers. */
async function listVersions(read: (path: string) => Promise<unknown>): Promise<string[]> {
  const groups = await read('/apis');
  const preferred = listAt(isRecord(groups) ? groups : {}, 'groups').map((group) =>
    textAt(recordAt(group, 'preferredVersion'), 'groupVersion'),
  );
  return ['v1', ...preferred.filter((version) => version !== '')];
}

async function listVersion(
  apiVersion: string,
  namespace: string,
  read: (path: string) => Promise<unknown>,
): Promise<Listed[]> {
  const unread = (what: string): Listed[] => [
    { apiVersion, kind: 'unreadable', name: what, uid: '', owners: [], annotations: {} },
  ];
  const answer = await read(versionPath(apiVersion));
  if (!isRecord(answer)) return unread(apiVersion);
  const kinds = listAt(answer, 'resources').filter(isKept);
  const found = await Promise.all(
    kinds.map(async (resource) => {
      const [plural, kind] = [textAt(resource, 'name'), textAt(resource, 'kind')];
      const path = `${versionPath(apiVersion)}/namespaces/${encodeURIComponent(namespace)}/${plural}?limit=${mostOfOneKind}`;
      const list = await read(path);
      if (!isRecord(list)) return unread(plural);
      return listAt(list, 'items').map((item): Listed => {
        const metadata = recordAt(item, 'metadata');
        return {
          apiVersion,
          kind,
          name: textAt(metadata, 'name'),
          uid: textAt(metadata, 'uid'),
          owners: listAt(metadata, 'ownerReferences').map((owner) => textAt(owner, 'uid')),
          annotations: recordAt(metadata, 'annotations'),
        };
      });
    }),
  );
  return found.flat();
}

/** False for subresources, for what only can be read (metrics), and for what Kubernetes makes by itself. */
function isKept(resource: Fields): boolean {
  const verbs = resource['verbs'];
  const canDelete = Array.isArray(verbs) && verbs.includes('list') && verbs.includes('delete');
  const isMade = ['Event', 'Endpoints', 'EndpointSlice'].includes(textAt(resource, 'kind'));
  return canDelete && !isMade && resource['namespaced'] === true && !textAt(resource, 'name').includes('/');
}

function isOfEveryNamespace({ kind, name, annotations }: Listed): boolean {
  if (kind === 'ServiceAccount') return name === 'default';
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt';
  return kind === 'Secret' && textAt(annotations, 'kubernetes.io/service-account.name') === 'default';
}
