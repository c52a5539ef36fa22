import { describe, expect, it } from 'vitest';
import { sshError } from '../../src/core/errors.js';
import { createPerformer } from '../../src/execute/perform.js';
import type { Outcome } from '../../src/execute/outcome.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { addPortCheck } from '../../src/reconcile/order/port-check.js';
import { observedEmpty, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';

const change: Operation = {
  id: 'change@10.0.0.1',
  stage: 'files',
  title: 'change something',
  host: '10.0.0.1',
  after: [],
  kind: 'remove-container',
  name: 'something',
};
const plan: ClusterPlan = samplePlan([['etcd', 'controlplane'], ['worker'], ['worker']]);
const unchanged = { containers: 0, files: 0, addons: 0 };

/** Two new workers and a new control plane: the operations of the port check, and one operation after it. */
async function check(
  prepare: (hosts: readonly FakeHost[], controller: AbortController) => void = () => undefined,
) {
  const hosts = plan.nodes.map(({ node }) => new FakeHost(node.address));
  const controller = new AbortController();
  prepare(hosts, controller);
  const events = recordingSink();
  const context = fakeContext(hosts, { events, signal: controller.signal });
  const { operations } = addPortCheck({ operations: [change], unchanged }, plan, observedEmpty(plan));
  const outcomes = await runGraph(operations, {
    events,
    clock: context.clock,
    signal: controller.signal,
    perform: createPerformer(context),
  });
  return { hosts, outcomes, events: events.events };
}

const errorOf = (outcome: Outcome | undefined): Error | undefined =>
  outcome?.status === 'failed' ? outcome.error : undefined;
const refused = (to: string) =>
  sshError('SSH_CHANNEL', `nothing answers at ${to}: (SSH) Channel open failure: Connection refused`);

describe('the port check', () => {
  it('opens listeners, connects to them, removes them, and the change continues', async () => {
    const { hosts, outcomes } = await check();
    expect([...outcomes.values()].every(({ status }) => status === 'done')).toBe(true);
    expect(hosts[1]?.calls).toEqual([
      'create rke-worker-port-listener',
      'start rke-worker-port-listener',
      'remove rke-worker-port-listener',
    ]);
    expect(hosts[0]?.calls.at(-1)).toBe('remove something');
  });

  it('reports from, to, port, role and fix of a blocked connection, changes nothing and leaves no listener', async () => {
    const { hosts, outcomes } = await check(([first, second]) => {
      if (first !== undefined)
        first.answers = (to) => {
          if (to.endsWith(':10250')) throw refused(to);
        };
      if (second !== undefined)
        second.answers = () => {
          throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
        };
    });
    expect(errorOf(outcomes.get('probe@10.0.0.1'))).toMatchObject({
      code: 'PORT_BLOCKED',
      exitCode: 6,
      message: 'cannot reach 2 ports of other hosts',
      fix: 'allow 10.0.0.1 to reach TCP 10250 of 10.0.0.2, 10.0.0.3 in firewalls and security groups; --disable-port-check skips this check',
      details: {
        host: '10.0.0.1',
        evidence: [
          '10.0.0.1 to 10.0.0.2:10250 (worker): Connection refused',
          '10.0.0.1 to 10.0.0.3:10250 (worker): Connection refused',
        ],
      },
    });
    expect(errorOf(outcomes.get('probe@10.0.0.2'))).toMatchObject({
      message: 'cannot reach 10.0.0.1:6443 (controlplane)',
      details: { evidence: ['10.0.0.2 to 10.0.0.1:6443 (controlplane): no answer within 5 s'] },
    });
    expect(outcomes.get('probe@10.0.0.3')?.status).toBe('done');
    expect(outcomes.get('change@10.0.0.1')?.status).toBe('skipped');
    for (const { containers } of hosts) expect(containers.size).toBe(0);
  });

  it('blames no port if the connecting host itself is lost', async () => {
    const { outcomes } = await check(([first]) => {
      if (first !== undefined)
        first.answers = () => {
          throw sshError('SSH_CONNECTION_LOST', 'SSH connection lost');
        };
    });
    expect(errorOf(outcomes.get('probe@10.0.0.1'))).toMatchObject({
      code: 'SSH_CONNECTION_LOST',
      exitCode: 5,
    });
  });

  it('waits for a listener that starts slowly', async () => {
    let times = 0;
    const { outcomes } = await check(([, second]) => {
      if (second !== undefined)
        second.answers = (to) => {
          times += 1;
          if (times < 5) throw refused(to);
        };
    });
    expect(outcomes.get('probe@10.0.0.2')?.status).toBe('done');
    expect(times).toBe(5);
  });

  it('is skipped with a notice if sshd forwards nothing', async () => {
    const { outcomes, events } = await check(([, second]) => {
      if (second !== undefined)
        second.answers = () => {
          throw sshError('SSH_FORWARDING', 'sshd does not forward');
        };
    });
    expect(outcomes.get('change@10.0.0.1')?.status).toBe('done');
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ host: '10.0.0.2' }]);
  });

  it('leaves no listener if one of them cannot be started', async () => {
    const { hosts, outcomes } = await check(([, second]) => second?.fail.set('start', 1));
    expect(outcomes.get('probe@10.0.0.1')?.status).toBe('skipped');
    expect(outcomes.get('change@10.0.0.1')?.status).toBe('skipped');
    for (const { containers } of hosts) expect(containers.size).toBe(0);
  });

  it('leaves no listener when the run is interrupted meanwhile', async () => {
    const { hosts, outcomes } = await check(([, second], controller) => {
      if (second !== undefined) second.answers = () => controller.abort(new Error('stopped'));
    });
    expect(outcomes.get('change@10.0.0.1')?.status).toBe('skipped');
    expect(hosts.flatMap(({ calls }) => calls.filter((call) => call.startsWith('create')))).toHaveLength(3);
    for (const { containers } of hosts) expect(containers.size).toBe(0);
  });
});
