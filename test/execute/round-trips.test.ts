import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { gatherFacts } from '../../src/execute/gather-facts.js';
import { observe } from '../../src/execute/observe.js';
import type { Probe } from '../../src/execute/run-context.js';
import type { DockerApi, Host } from '../../src/host/host.js';
import { packFiles, unpackFiles } from '../../src/host/tar.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { answerUnchanged } from '../bench/farm/docker.js';
import { fakeClock } from '../fakes/clock.js';
import { sampleFacts, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';
import { Lane, signal } from '../host/connected.js';

const roles: readonly Role[][] = [['worker'], ['controlplane', 'etcd', 'worker']];

function planOf(role: readonly Role[], address: string): { plan: ClusterPlan; node: NodePlan } {
  const [sample] = samplePlan([role]).nodes;
  if (sample === undefined) throw new Error('a plan has nodes');
  const node = { ...sample, node: { ...sample.node, address } };
  return { plan: { nodes: [node], addons: [] }, node };
}

/** Everything that a run reads from a host once it is connected. */
async function readHost(plan: ClusterPlan, host: Host, probe?: Probe): Promise<void> {
  const hosts = new Map([[host.address, host]]);
  const dataDirs = new Map([[host.address, { dockerRoot: '/var/lib/docker', prefix: '/' }]]);
  const facts = new Map([[host.address, sampleFacts]]);
  const common = { hosts, concurrency: 1, signal };
  const [observed] = await Promise.all([
    observe(plan, { ...common, facts, kube: undefined, clock: fakeClock(), unpackFiles, probe }),
    gatherFacts({ ...common, dataDirs, now: () => 0 }),
  ]);
  expect(observed.hosts.get(host.address)?.containers.size).toBe(plan.nodes[0]?.containers.length);
}

describe.each(roles.map((role) => ({ role })))('a host without changes ($role)', ({ role }) => {
  it('is read with one request for each compared thing, over one connection', async () => {
    await using lane = await Lane.open();
    const { plan, node } = planOf(role, lane.sshd.address);
    lane.docker.answer = ({ path }, response) => answerUnchanged(node, path, response);
    await readHost(plan, await lane.connect());

    const isArchive = (path: string): boolean => path.endsWith('/archive');
    const expected = [
      ...['/version', '/info', '/containers/json', '/images/json', '/images/image/json'],
      ...node.containers.map(({ name }) => `/containers/${name}/json`),
    ];
    expect(lane.docker.asked.filter((path) => !isArchive(path)).toSorted()).toEqual(expected.toSorted());
    expect(lane.docker.asked.filter(isArchive)).toHaveLength(1);
    expect(lane.sshd.commands).toHaveLength(2);
    expect(lane.sshd.connections).toBe(1);
    // The limit of concurrent requests to Docker.
    expect(lane.sshd.forwarded.length).toBeLessThanOrEqual(4);
  });

  it('is read in two dependent steps', async () => {
    const { plan, node } = planOf(role, '10.0.0.1');
    const steps = new Steps();
    const probe: Probe = async () => {
      await steps.next();
      return { status: 200, body: '{"health":"true"}' };
    };
    await readHost(plan, steps.host(unchangedHost(node)), probe);
    expect(steps.count).toBe(2);
  });
});

function unchangedHost(node: NodePlan): FakeHost {
  const host = new FakeHost(node.node.address);
  for (const container of node.containers) host.run(container);
  for (const image of node.images) host.images.add(image);
  Object.assign(host.docker, { getArchive: () => packFiles([]) });
  return host;
}

/** Responds to all open requests at once, and counts how often. */
class Steps {
  count = 0;
  #open: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.push(resolve) === 1) setImmediate(() => this.#answer());
    });
  }

  /** The same host, whose responses come in these steps. */
  host(host: FakeHost): Host {
    const docker = new Proxy(host.docker, {
      get:
        (api, name: keyof DockerApi) =>
        async (...given: never[]) => {
          await this.next();
          return (api[name] as (...values: never[]) => unknown)(...given);
        },
    });
    return {
      address: host.address,
      docker,
      read: async (command) => {
        await this.next();
        return host.exec(command);
      },
      exec: (command) => host.exec(command),
      dial: (target) => host.dial(target),
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    };
  }

  #answer(): void {
    this.count += 1;
    const open = this.#open;
    this.#open = [];
    for (const answer of open) answer();
  }
}
