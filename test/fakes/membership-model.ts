import { etcdError } from '../../src/core/errors.js';
import type { EtcdApi, EtcdEndpoint, EtcdMember, EtcdStatus } from '../../src/etcd/etcd.js';
import type { ProbeAnswer } from '../../src/execute/run-context.js';
import type { ContainerSpec, PlannedMember } from '../../src/plan/cluster-plan-types.js';
import type { Operation } from '../../src/reconcile/operations.js';

/** A member that is well and knows no leader. */
export const sampleStatus: EtcdStatus = {
  clusterId: '1',
  memberId: '1',
  version: '3.5.12',
  raftIndex: 1,
  appliedIndex: 1,
  raftTerm: 2,
  revision: 1,
  leader: '',
  isLearner: false,
  bytes: 40_960,
  bytesInUse: 20_480,
};

/** The etcd of one host: what its container was created with, and the member whose data it has. */
interface HostedEtcd {
  spec: ContainerSpec;
  isUp: boolean;
}

/** Names the etcd of a host, as the plan does. */
export const memberOn = (host: string): PlannedMember => ({
  host,
  name: `etcd-${host}`,
  peerUrl: `https://${host}:2380`,
  clientUrl: `https://${host}:2379`,
});

/**
 * A small model of etcd's membership, with the rules of etcd itself: a member joins only while all voters are connected, there is
 * one learner at a time, only a learner that runs is promoted, and a member starts only with the list that etcd has. It records
 * whenever no majority is healthy, and whenever a second cluster would be founded.
 */
export class MembershipModel {
  readonly containers = new Map<string, HostedEtcd>();
  /** Hosts with data of etcd, by the id of the member that it belongs to. */
  readonly data = new Map<string, string>();
  /** Hosts that are switched off. */
  readonly off = new Set<string>();
  readonly violations: string[] = [];
  readonly clusterVersion: string;
  members: EtcdMember[] = [];
  #nextId = 1;

  constructor(clusterVersion: string) {
    this.clusterVersion = clusterVersion;
  }

  /** Founds etcd on these hosts. */
  found(hosts: readonly string[], specOf: (host: string) => ContainerSpec): void {
    for (const host of hosts) {
      const { id } = this.#append(host, { isLearner: false, isStarted: true });
      this.containers.set(host, { spec: specOf(host), isUp: true });
      this.data.set(host, id);
    }
  }

  isHealthy(host: string): boolean {
    return this.isRunning(host) && this.hasMajority();
  }

  /** True if the host runs a member that etcd knows. */
  isRunning(host: string): boolean {
    const member = this.#memberOf(host);
    const isUp = this.containers.get(host)?.isUp === true && !this.off.has(host);
    return isUp && member !== undefined && this.data.get(host) === member.id;
  }

  hasMajority(): boolean {
    const voters = this.members.filter(({ isLearner }) => !isLearner);
    const up = voters.filter((member) => this.isRunning(hostOf(member)));
    return up.length > voters.length / 2;
  }

  /** Performs an operation on a host. @returns false if the model does not know it */
  perform(operation: Operation): boolean {
    const { host = '', kind } = operation;
    if (kind === 'create-container' || kind === 'replace-container') this.#start(host, operation.container);
    else if (kind === 'start-container' || kind === 'restart-container') this.#startAgain(host);
    else if (kind === 'remove-container') {
      if (operation.name === 'etcd') this.#stop(host);
    } else if (kind === 'clean-host') this.data.delete(host);
    else if (kind === 'remove-etcd') {
      this.#stop(host);
      this.data.delete(host);
    } else return false;
    return true;
  }

  #startAgain(host: string): void {
    const found = this.containers.get(host);
    if (found !== undefined) this.#start(host, found.spec);
  }

  /** Records what must never be true. */
  judge(after: string): void {
    if (!this.hasMajority()) this.violations.push(`${after}: no majority`);
    if (this.members.filter(({ isLearner }) => isLearner).length > 1)
      this.violations.push(`${after}: two learners`);
  }

  #stop(host: string): void {
    if (this.isRunning(host)) this.violations.push(`etcd of ${host} is removed while it is a member`);
    this.containers.delete(host);
  }

  /** A first start joins with the list that etcd has; with data, the flags of the first start do not count. */
  #start(host: string, spec: ContainerSpec): void {
    const member = this.#memberOf(host);
    const value = (flag: string): string =>
      spec.cmd.find((one) => one.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
    if (!this.data.has(host)) {
      if (value('--initial-cluster-state') !== 'existing')
        this.violations.push(`${host} founds a second cluster`);
      const given = value('--initial-cluster')
        .split(',')
        .map((one) => one.slice(one.indexOf('=') + 1));
      const listed = this.members.flatMap(({ peerUrls }) => peerUrls);
      const isSame = given.toSorted().join() === listed.toSorted().join();
      if (member !== undefined && isSame) {
        this.data.set(host, member.id);
        this.members = this.members.map((one) =>
          one === member
            ? { ...one, name: memberOn(host).name, clientUrls: [memberOn(host).clientUrl] }
            : one,
        );
      }
    }
    this.containers.set(host, { spec, isUp: this.data.get(host) === member?.id && member !== undefined });
  }

  #memberOf(host: string): EtcdMember | undefined {
    return this.members.find((member) => hostOf(member) === host);
  }

  #append(host: string, { isLearner, isStarted }: { isLearner: boolean; isStarted: boolean }): EtcdMember {
    const { name, peerUrl, clientUrl } = memberOn(host);
    const member: EtcdMember = {
      id: String(this.#nextId++),
      name: isStarted ? name : '',
      peerUrls: [peerUrl],
      clientUrls: isStarted ? [clientUrl] : [],
      isLearner,
    };
    this.members.push(member);
    return member;
  }

  /** What a health check from any host gets. */
  probe(url: string): Promise<ProbeAnswer> {
    const isHealthy = this.isHealthy(new URL(url).hostname);
    return Promise.resolve({ status: isHealthy ? 200 : 503, body: `{"health":"${isHealthy}"}` });
  }

  readonly api: EtcdApi = {
    readMembership: async (from) => {
      await this.#ask(from);
      return { clusterId: '1', clusterVersion: this.clusterVersion, members: [...this.members] };
    },
    readStatus: () => Promise.resolve(sampleStatus),
    readAlarms: () => Promise.resolve([]),
    defragment: () => Promise.resolve(),
    compact: () => Promise.resolve(),
    disarm: () => Promise.resolve(),
    transferLeadership: () => Promise.resolve(),
    addMember: async (through, { peerUrl, isLearner }) => {
      await this.#ask(through);
      const host = new URL(peerUrl).hostname;
      if (this.#memberOf(host) !== undefined) throw refuse('Peer URLs already exists');
      if (this.members.some((one) => !one.isLearner && !this.isRunning(hostOf(one))))
        throw refuse('unhealthy cluster');
      if (isLearner && this.members.some((one) => one.isLearner)) throw refuse('too many learner members');
      this.#append(host, { isLearner, isStarted: false });
    },
    promoteMember: async (through, id) => {
      await this.#ask(through);
      const member = this.members.find((one) => one.id === id);
      if (member?.isLearner !== true || !this.isRunning(hostOf(member)))
        throw refuse('not in sync with leader');
      this.members = this.members.map((one) => (one === member ? { ...one, isLearner: false } : one));
    },
    removeMember: async (through, id) => {
      await this.#ask(through);
      this.members = this.members.filter((one) => one.id !== id);
    },
  };

  async #ask(endpoints: readonly EtcdEndpoint[]): Promise<void> {
    await Promise.resolve();
    const answers = endpoints.some(
      ({ host }) => this.isHealthy(host) && this.#memberOf(host)?.isLearner === false,
    );
    if (!answers) throw etcdError('ETCD_UNREACHABLE', 'no member answers');
  }
}

const hostOf = ({ peerUrls: [url = ''] }: EtcdMember): string => new URL(url).hostname;

const refuse = (why: string): Error => etcdError('ETCD_CALL', `etcd refused: ${why}`);
