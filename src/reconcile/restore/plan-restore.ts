import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { defaultSnapshotSeconds } from '../../plan/components/etcd-snapshots.js';
import { pullIfMissing } from '../intents/host-operations.js';
import { createMilestone, pruneSatisfiedDependencies } from '../order/graph.js';
import { isWork, type Operation, type OperationId } from '../operations.js';
import { apiAnswers, pullId } from '../operation-ids.js';
import type { ObservedCluster } from '../observed.js';
import {
  buildRestoreContainers,
  type RestoreContainers,
  type RestoredSnapshot,
} from './restore-containers.js';

/** What a restore works on. */
export interface RestoreInput {
  readonly plan: Pick<ClusterPlan, 'nodes' | 'members'>;
  readonly observed: Pick<ObservedCluster, 'hosts'>;
  readonly snapshot: RestoredSnapshot;
  /** Address of the etcd host that gets the data of the snapshot; all others join it. */
  readonly first: string;
}

interface EtcdHost {
  readonly node: NodePlan;
  readonly host: string;
  readonly containers: RestoreContainers;
}

/** What is stopped on a host, the API first: nothing may be written any more. etcd is stopped when its data is moved. */
const stopped = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'etcd-rolling-snapshots',
] as const;

const prepareId = (host: string): OperationId => `prepare-restore@${host}`;
const stopId = (host: string): OperationId => `stop@${host}`;
const moveId = (host: string): OperationId => `move-data@${host}`;

/** Prepares the new data beside the old, while the cluster still serves. */
export function prepareOperations(input: RestoreInput): Operation[] {
  const { observed, first } = input;
  return listEtcdHosts(input)
    .filter(({ host }) => host === first)
    .flatMap(({ node, host, containers }): Operation[] => {
      const { unpack, restore, verify, discard } = containers;
      const images = [...new Set([unpack.image, restore.image])];
      const pulls = images.flatMap((image) => pullIfMissing(image, host, observed));
      return [
        ...pulls,
        {
          id: prepareId(host),
          stage: 'snapshot',
          title: 'prepare the data of the snapshot',
          host,
          after: pulls.map(({ id }) => id),
          kind: 'prepare-restore',
          ...{ unpack, restore, verify, discard },
          timeoutSeconds: node.snapshot?.timeoutSeconds ?? defaultSnapshotSeconds,
        },
      ];
    });
}

/**
 * Stops the cluster, and moves the data of etcd: on the first host the new data takes the place of the old, on the others the old is moved
 * aside. Nothing is deleted. Pods are stopped like in a reboot: no watch may survive from a revision that etcd no longer has.
 */
export function replaceOperations(input: RestoreInput): Operation[] {
  const { plan, observed, first } = input;
  const stops = plan.nodes.flatMap(({ node: { address: host } }): Operation[] => {
    const found = observed.hosts.get(host);
    if (found === undefined) return [];
    const names = stopped.filter((name) => isThere(name, found));
    return [
      {
        id: stopId(host),
        stage: 'controlplane',
        title: 'stop Kubernetes and all pods',
        host,
        after: [],
        kind: 'stop-containers',
        names,
      },
    ];
  });
  const isStopped = createMilestone(
    'stopped',
    'controlplane',
    stops.map(({ id }) => id),
  );
  const etcdHosts = listEtcdHosts(input);
  const pulls = etcdHosts.flatMap(({ host, containers: { aside } }) =>
    host === first ? [] : pullIfMissing(aside.image, host, observed),
  );
  const moves = etcdHosts.map(({ host, containers }): Operation => {
    const isRestored = host === first;
    return {
      id: moveId(host),
      stage: 'etcd',
      title: isRestored ? 'replace the data of etcd' : 'move the data of etcd aside',
      host,
      // The new data last: no old member may run then.
      after: [
        isStopped.id,
        pullId(containers.aside.image, host),
        ...(isRestored ? etcdHosts.flatMap((one) => (one.host === first ? [] : [moveId(one.host)])) : []),
      ],
      kind: 'move-etcd-data',
      script: isRestored ? containers.swap : containers.aside,
      isRestored,
    };
  });
  return pruneSatisfiedDependencies([...pulls, ...stops, isStopped, ...moves]);
}

/**
 * Puts the old data back on every etcd host, and starts what was stopped.
 *
 * @param starts `startsAll` if an earlier run has stopped it: then everything is started that is there
 */
export function putBackOperations(
  input: RestoreInput,
  { startsAll = false }: { readonly startsAll?: boolean } = {},
): Operation[] {
  const { plan, observed } = input;
  const moves = listEtcdHosts(input).map(({ host, containers }): Operation => ({
    id: `put-back@${host}`,
    stage: 'etcd',
    title: 'put the old data of etcd back',
    host,
    after: [],
    kind: 'put-back-etcd-data',
    script: containers.putBack,
    isMoved: containers.isMoved,
  }));
  const starts = plan.nodes.flatMap(({ node: { address: host } }) => {
    const { containers } = observed.hosts.get(host) ?? {};
    return stopped
      .filter((name) => (startsAll ? containers?.has(name) : containers?.get(name)?.running) === true)
      .map((name): Operation => ({
        id: `start-again:${name}@${host}`,
        stage: name.startsWith('kube-') && name !== 'kube-proxy' ? 'controlplane' : 'worker',
        title: `start ${name}`,
        host,
        after: moves.map(({ id }) => id),
        kind: 'start-container',
        name,
      }));
  });
  return [...moves, ...starts];
}

/** Records on the first host that etcd was healthy with the new data: from then on the old is not put back. */
export function acceptOperations(input: RestoreInput): Operation[] {
  return markOperations(input, 'accept').filter(({ host }) => host === input.first);
}

/**
 * Adds to the operations of `rke up` in a restored cluster what it does not do by itself: nodes that cluster.yml does not have are
 * deleted as soon as the API answers, with their pods, and in the end the restore is ended on the etcd hosts.
 */
export function addRestoreSteps(operations: readonly Operation[], input: RestoreInput): Operation[] {
  const deleteNodes: Operation = {
    id: 'delete-stale-nodes',
    stage: 'nodes',
    title: 'delete nodes that are not in cluster.yml',
    after: [apiAnswers],
    kind: 'delete-stale-nodes',
    keep: input.plan.nodes.map(({ identity }) => identity),
  };
  // Pods that are bound to a node of the past would never become available.
  const held = operations.map((one): Operation =>
    one.kind === 'await-addon' ? { ...one, after: [...one.after, deleteNodes.id] } : one,
  );
  const isEnding = ({ stage, always }: Operation): boolean => stage === 'state' || always === true;
  const before = [deleteNodes.id, ...held.filter((one) => isWork(one) && !isEnding(one)).map(({ id }) => id)];
  const ends = markOperations(input, 'settle').map((one): Operation => ({ ...one, after: before }));
  return pruneSatisfiedDependencies([...held, deleteNodes, ...ends]);
}

function markOperations(input: RestoreInput, mark: 'accept' | 'settle'): Operation[] {
  return listEtcdHosts(input).map(({ host, containers }): Operation => ({
    id: `${mark}-data@${host}`,
    stage: 'etcd',
    title: mark === 'accept' ? 'accept the new data of etcd' : 'end the restore',
    host,
    after: [],
    kind: 'mark-etcd-data',
    script: containers[mark],
  }));
}

/** The etcd hosts that were reached: all of them are required. */
function listEtcdHosts({ plan: { nodes, members = [] }, observed, snapshot }: RestoreInput): EtcdHost[] {
  return members.flatMap((member): EtcdHost[] => {
    const node = nodes.find((one) => one.node.address === member.host);
    if (node === undefined || !observed.hosts.has(member.host)) return [];
    return [{ node, host: member.host, containers: buildRestoreContainers(node, snapshot, member) }];
  });
}

const isThere = (
  name: string,
  {
    containers,
    leftovers,
  }: { readonly containers: ReadonlyMap<string, unknown>; readonly leftovers: readonly string[] },
): boolean => containers.has(name) || leftovers.includes(name);
