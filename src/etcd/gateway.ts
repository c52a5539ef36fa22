import { withDeadline } from '../core/deadline.js';
import { etcdError, messageOf, RkeError } from '../core/errors.js';
import { readFields, textAt, type Fields } from '../core/fields.js';
import type { CallOptions } from '../host/host.js';
import { readAlarms, readMembers, readStatus } from './answers.js';
import type { EtcdApi, EtcdEndpoint } from './etcd.js';

/** Requests a URL of a member from its host; a request with a body is a POST. @throws if nothing answers */
export type AskMember = (
  endpoint: EtcdEndpoint,
  request: { readonly path: string; readonly body?: string },
  options: CallOptions,
) => Promise<{ readonly status: number; readonly body: string }>;

interface RequestOptions extends CallOptions {
  readonly milliseconds?: number;
}

/** Limit for one request: etcd itself gives up a change of the membership after 7 s. */
const requestMilliseconds = 10_000;

/**
 * The membership through etcd's own JSON gateway, which every release since 3.2 has: /v3alpha in 3.2, /v3beta in 3.3, /v3 from
 * 3.4 on.
 */
export function createEtcd(ask: AskMember): EtcdApi {
  const request = async (
    endpoint: EtcdEndpoint,
    path: string,
    body: string | undefined,
    { signal, milliseconds = requestMilliseconds }: RequestOptions,
  ): Promise<Fields> => {
    const answer = await withDeadline({ milliseconds, signal }, (limited) =>
      ask(endpoint, { path, ...(body === undefined ? {} : { body }) }, { signal: limited }),
    ).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw unreachable(endpoint, cause);
    });
    const read = readFields(answer.body);
    if (answer.status === 200 && read !== undefined) return read;
    const said = read ?? {};
    throw refused(
      endpoint,
      path,
      textAt(said, 'message') || textAt(said, 'error') || `HTTP ${answer.status}`,
    );
  };
  const call = async (
    endpoint: EtcdEndpoint,
    name: string,
    input: (server: string) => object,
    options: RequestOptions,
  ) => {
    const version = await request(endpoint, '/version', undefined, { signal: options.signal });
    const server = textAt(version, 'etcdserver');
    const clusterVersion = textAt(version, 'etcdcluster');
    // An older cluster would ignore it, and count the member for its majority at once.
    if ('isLearner' in input(server) && !isSince(clusterVersion, 4))
      throw refused(endpoint, name, `etcd ${clusterVersion} has no learners`);
    const path = `${prefixOf(server)}/${name}`;
    const answer = await request(endpoint, path, JSON.stringify(input(server)), options);
    return { clusterVersion, answer };
  };
  const change = (through: readonly EtcdEndpoint[], name: string, input: object, options: RequestOptions) =>
    firstOf(through, (endpoint) => call(endpoint, name, () => input, options), {
      ...options,
      isChange: true,
    });
  return {
    readMembership: (from, options) =>
      firstOf(
        from,
        async (endpoint) => {
          // Since 3.5 a majority vouches for the answer; the gateway of older releases refuses members it does not know.
          const input = (server: string): object => (isSince(server, 5) ? { linearizable: true } : {});
          const { clusterVersion, answer } = await call(endpoint, 'cluster/member/list', input, options);
          return readMembers(answer, clusterVersion);
        },
        options,
      ),
    readStatus: async (of, options) =>
      readStatus((await call(of, 'maintenance/status', () => ({}), options)).answer),
    readAlarms: (from, options) =>
      firstOf(
        from,
        async (endpoint) =>
          readAlarms((await call(endpoint, 'maintenance/alarm', () => ({ action: 'GET' }), options)).answer),
        options,
      ),
    addMember: async (through, { peerUrl, isLearner }, options) => {
      const input = { peerURLs: [peerUrl], ...(isLearner ? { isLearner } : {}) };
      await change(through, 'cluster/member/add', input, options);
    },
    promoteMember: async (through, id, options) => {
      await change(through, 'cluster/member/promote', { ID: id }, options);
    },
    transferLeadership: async (leader, toId, options) => {
      await change([leader], 'maintenance/transfer-leadership', { targetID: toId }, options);
    },
    removeMember: async (through, id, options) => {
      await change(through, 'cluster/member/remove', { ID: id }, options);
    },
    defragment: async (member, options) => {
      await change([member], 'maintenance/defragment', {}, options);
    },
    compact: async (through, revision, options) => {
      await change(through, 'kv/compaction', { revision: String(revision), physical: true }, options);
    },
    disarm: async (through, { memberId, alarm }, options) => {
      const input = { action: 'DEACTIVATE', memberID: memberId, alarm };
      await change(through, 'maintenance/alarm', input, options);
    },
  };
}

/** True for a server of 3.`minor` or later, e.g. `3.5.12`. */
function isSince(server: string, wanted: number): boolean {
  const [major = 0, minor = 0] = server.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= wanted);
}

function prefixOf(server: string): string {
  if (isSince(server, 4)) return '/v3';
  return isSince(server, 3) ? '/v3beta' : '/v3alpha';
}

/** The result of the first endpoint that has one. A change that etcd has refused is not tried through the next. */
async function firstOf<Result>(
  endpoints: readonly EtcdEndpoint[],
  work: (endpoint: EtcdEndpoint) => Promise<Result>,
  { signal, isChange = false }: CallOptions & { readonly isChange?: boolean },
): Promise<Result> {
  let last: unknown = etcdError('ETCD_UNREACHABLE', 'no etcd member runs on a host that was reached');
  for (const endpoint of endpoints) {
    signal.throwIfAborted();
    try {
      return await work(endpoint);
    } catch (error) {
      signal.throwIfAborted();
      last = error;
      if (isChange && error instanceof RkeError && error.code === 'ETCD_CALL') break;
    }
  }
  throw last;
}

function unreachable({ host, url }: EtcdEndpoint, cause: unknown): RkeError {
  return etcdError('ETCD_UNREACHABLE', `etcd does not answer at ${url}: ${messageOf(cause)}`, {
    host,
    fix: (on) => `check \`docker logs etcd\` on ${on}, fix the cause, then run the same command again`,
    retryable: true,
    cause,
  });
}

function refused({ host }: EtcdEndpoint, path: string, why: string): RkeError {
  const call = path.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '');
  return etcdError('ETCD_CALL', `etcd refused ${call}: ${why}`, {
    host,
    fix: (on) => `check \`docker logs etcd\` on ${on}, then run the same command again`,
  });
}
