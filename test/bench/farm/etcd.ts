import { createServer, type Server } from 'node:https';
import type { ClusterPlan } from '../../../src/plan/cluster-plan-types.js';
import { reply } from '../../host/fake-docker.js';

/** The etcd member of a host, which is well; the first member is the leader. */
export function createEtcdMember(
  { members = [] }: ClusterPlan,
  host: string,
  identity: { readonly cert: string; readonly key: string },
): Server {
  const all = members.map(({ name, peerUrl, clientUrl }, index) => ({
    ID: String(index + 1),
    name,
    peerURLs: [peerUrl],
    clientURLs: [clientUrl],
  }));
  const memberId = String(members.findIndex((member) => member.host === host) + 1);
  const header = { cluster_id: '7', member_id: memberId, revision: '100' };
  const answers: Readonly<Record<string, object>> = {
    '/health': { health: 'true' },
    '/version': { etcdserver: '3.5.12', etcdcluster: '3.5.0' },
    '/v3/cluster/member/list': { header, members: all },
    '/v3/maintenance/status': {
      header,
      version: '3.5.12',
      dbSize: '25165824',
      dbSizeInUse: '16777216',
      leader: '1',
      raftIndex: '200',
      raftTerm: '2',
      raftAppliedIndex: '200',
    },
    '/v3/maintenance/alarm': { header, alarms: [] },
  };
  return createServer(identity, ({ url = '' }, response) => {
    const answer = answers[url];
    reply(response, answer === undefined ? 404 : 200, answer ?? {});
  });
}
