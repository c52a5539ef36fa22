import type { ContainerSpec, NodePlan, PlannedMember } from '../../plan/cluster-plan-types.js';
import { etcdDataPath } from '../checks/etcd-data-path.js';
import {
  acceptScript,
  asideScript,
  discardScript,
  isMovedScript,
  lookScript,
  putBackScript,
  readyScript,
  settleScript,
  swapScript,
  unpackScript,
} from './restore-scripts.js';

/** RKE's name for the container that restores (services/etcd.go); all steps of a restore use it, so that a run ends those of a killed one. */
export const restoreContainer = 'etcd-restore';

/** Looks at a host, and takes a file of this machine, before a restore is started: another run may restore at that time. */
export const lookContainer = 'etcd-restore-look';

/** A snapshot, and what identifies it. */
export interface RestoredSnapshot {
  readonly name: string;
  /** SHA-256 of the database. */
  readonly id: string;
}

/** Containers of a restore on one host. */
export interface RestoreContainers {
  readonly unpack: ContainerSpec;
  readonly restore: ContainerSpec;
  readonly verify: ContainerSpec;
  readonly discard: ContainerSpec;
  readonly swap: ContainerSpec;
  readonly aside: ContainerSpec;
  readonly accept: ContainerSpec;
  readonly settle: ContainerSpec;
  readonly putBack: ContainerSpec;
  readonly isMoved: ContainerSpec;
}

/** Builds the containers that restore a snapshot on a host with the role etcd. */
export function buildRestoreContainers(
  node: NodePlan,
  { name, id }: RestoredSnapshot,
  member: PlannedMember,
): RestoreContainers {
  const script = (text: string, ...words: string[]): ContainerSpec =>
    toolsContainer(node, text, [name, id, ...words]);
  const identity = `${member.name}=${member.peerUrl}`;
  const etcd = node.containers.find((one) => one.name === 'etcd');
  return {
    unpack: script(unpackScript, identity),
    restore: {
      ...toolsContainer(node, '', []),
      image: etcd?.image ?? '',
      entrypoint: [`/usr/local/bin/${restoreProgram(etcd?.image ?? '')}`],
      cmd: [
        'snapshot',
        'restore',
        '/data/restore/db',
        '--data-dir=/data/restore/new',
        `--name=${member.name}`,
        `--initial-cluster=${identity}`,
        '--initial-cluster-token=etcd-cluster-1',
        `--initial-advertise-peer-urls=${member.peerUrl}`,
      ],
    },
    verify: script(readyScript, identity, etcd?.user ?? '0:0'),
    discard: script(discardScript),
    swap: script(swapScript),
    aside: script(asideScript),
    accept: script(acceptScript),
    settle: script(settleScript),
    putBack: script(putBackScript),
    isMoved: script(isMovedScript),
  };
}

/**
 * Builds the container that looks at a host for a snapshot.
 *
 * @param isContinued the restore that is under way is that of this state: what a killed run has left of it is ended first
 */
export const buildLookContainer = (
  node: NodePlan,
  name: string,
  { isContinued }: { readonly isContinued: boolean },
): ContainerSpec => ({
  ...toolsContainer(node, lookScript, [name]),
  name: isContinued ? restoreContainer : lookContainer,
});

/** A container of the image that takes snapshots, as root, with the data of etcd and the snapshots. */
function toolsContainer(node: NodePlan, script: string, words: readonly string[]): ContainerSpec {
  const { container } = node.snapshot ?? {};
  const snapshots = container?.binds.filter((bind) => bind.split(':')[1] === '/backup') ?? [];
  const isRelabelled = snapshots.some((bind) => /:z$/.test(bind));
  return {
    name: restoreContainer,
    image: container?.image ?? '',
    entrypoint: ['/bin/sh', '-c'],
    cmd: [script, 'rke', ...words],
    env: ['ETCDCTL_API=3'],
    binds: [...snapshots, `${etcdDataPath(node)}:/data${isRelabelled ? ':z' : ''}`],
    volumesFrom: [],
    networkMode: 'none',
    privileged: false,
    labels: {},
    securityOpt: container?.securityOpt ?? [],
    user: '0:0',
    started: true,
  };
}

/** etcdctl no longer restores since etcd 3.6. */
function restoreProgram(image: string): string {
  const [, major = '3', minor = '5'] = /:v?(\d+)\.(\d+)/.exec(image) ?? [];
  return Number(major) > 3 || Number(minor) >= 6 ? 'etcdutl' : 'etcdctl';
}
