import type { ClusterPlan } from '../../../src/plan/cluster-plan-types.js';
import { lookResult, lookState } from '../../../src/reconcile/restore/restore-scripts.js';
import { packFiles } from '../../../src/host/tar.js';
import type { ObservedCluster } from '../../../src/reconcile/observed.js';
import { planCluster } from '../../../src/run/plan-cluster.js';
import type { ObservedRun } from '../../../src/run/with-cluster.js';
import type { ClusterState } from '../../../src/state/cluster-state.js';
import { a, b, c, catalog, node, specOf, yml } from '../../config/running/judge.js';
import { observedContainer, observedFrom, sampleFacts } from '../../fakes/cluster.js';
import { fakeContext } from '../../fakes/context.js';
import { FakeHost } from '../../fakes/host.js';
import { FakeKube } from '../../fakes/kube.js';
import { recordingSink } from '../../fakes/recording-sink.js';

/** What a check prints of a good archive whose database has this SHA-256. */
export const goodLook = (id: string): string =>
  `data=yes\nkind=zip\nbytes=2048\ndatabase=4128\nmodified=1700000000\nsha256=sum\nsnapshot=${id}\nstatus={"revision":7,"totalKey":3}\n`;

/** A cluster in memory of two etcd hosts and a worker that runs, for the parts of a restore. */
export class RestoreCluster {
  readonly spec = specOf(yml([node(a), node(b, 'role: [etcd]'), node(c, 'role: [worker]')]));
  readonly hosts = new Map<string, FakeHost>([a, b, c].map((address) => [address, new FakeHost(address)]));
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
  readonly events = recordingSink();
  /** States that were saved, in order; undefined when the state was removed. */
  readonly saved: (ClusterState | undefined)[] = [];
  /** What the check of the archive prints on each host; a host without an entry has no archive. */
  readonly looks = new Map<string, string>();
  /** The state in the archive of every host. */
  stateInside: string | undefined;
  /** Snapshots that each host lists, or why it does not. */
  readonly lists = new Map<string, string | Error>();
  /** Scripts of helpers that ran, as `name@host`; those that `failing` matches end with exit code 1. */
  readonly ran: string[] = [];
  failing: RegExp | undefined;
  state: ClusterState | undefined;
  isApiDown = false;
  isBreaking = false;

  constructor() {
    const facts = new Map([a, b, c].map((address) => [address, sampleFacts]));
    this.plan = planCluster({ spec: this.spec, catalog }, facts, { certificates: {}, encryptionConfig: '' });
    this.observed = observedFrom(this.plan);
    for (const [address, host] of this.hosts) this.#fill(address, host);
  }

  get run(): ObservedRun {
    const context = fakeContext([...this.hosts.values()], { events: this.events, kube: new FakeKube() });
    return {
      ...context,
      options: { ...context, configPath: 'cluster.yml' },
      session: {
        ...{ spec: this.spec, catalog, state: this.state, lock: { isBreaking: this.isBreaking } },
        store: {
          location: 'cluster.rkestate',
          save: (state: ClusterState) => Promise.resolve(this.saved.push(state) > 0),
          remove: () => Promise.resolve(void this.saved.push(undefined)),
        },
      },
      plan: this.plan,
      observed: { ...this.observed, ...(this.isApiDown ? { kube: undefined } : {}) },
      hosts: this.hosts,
      dockerFacts: new Map([...this.hosts.keys()].map((address) => [address, sampleFacts])),
      unreached: [],
    } as unknown as ObservedRun;
  }

  hostAt(address: string): FakeHost {
    const host = this.hosts.get(address);
    if (host === undefined) throw new Error(`no host ${address}`);
    return host;
  }

  /** Containers that run on a host. */
  runningOn(address: string): string[] {
    return [...this.hostAt(address).containers.values()]
      .filter(({ running }) => running)
      .map(({ name }) => name)
      .sort();
  }

  #fill(address: string, host: FakeHost): void {
    for (const node of this.plan.nodes)
      if (node.node.address === address) {
        for (const image of [...node.images, node.snapshot?.container.image ?? '']) host.images.add(image);
        for (const spec of node.containers) host.containers.set(spec.name, observedContainer(spec));
      }
    host.prints = (command) => {
      const list = command.includes('etcd-snapshots') ? (this.lists.get(address) ?? '') : '';
      if (list instanceof Error) throw list;
      return list;
    };
    host.docker.wait = (name) => {
      const text = host.created.get(name)?.at(-1)?.cmd[0] ?? '';
      const script = `${nameOf(text)}@${address}`;
      this.ran.push(script);
      return Promise.resolve(this.failing?.test(script) === true ? 1 : 0);
    };
    host.docker.getArchive = (_, path) => {
      const content =
        path === lookResult
          ? (this.looks.get(address) ?? 'data=no\nkind=none\n')
          : path === lookState
            ? this.stateInside
            : undefined;
      if (content === undefined) return Promise.resolve(undefined);
      return packFiles([{ path, content, mode: 0o600, uid: 0, gid: 0 }]);
    };
  }
}

/** Which step of a restore a script is. */
function nameOf(script: string): string {
  const marks: readonly (readonly [string, string])[] = [
    ['[ "$(sha256sum <"/backup', 'same'],
    ['printf', 'look'],
    ['has changed since it was checked', 'unpack'],
    ['etcdctl made no data', 'ready'],
    ['the new data is not ready', 'swap'],
    ['restore/aside && sync', 'aside'],
    [': >restore/accepted', 'accept'],
    ['mv restore/old/member member', 'put back'],
    ['|| rm -rf restore', 'discard'],
  ];
  return marks.find(([mark]) => script.includes(mark))?.[1] ?? 'other';
}
