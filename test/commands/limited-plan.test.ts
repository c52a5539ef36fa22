import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import { startFarm, type Farm } from '../bench/farm/farm.js';
import { runIn, type Ran } from '../cli/run.js';

let farm: Farm;
let folder: string;
let onHost: (node: NodePlan) => NodePlan;
const rke = (...argv: string[]): Promise<Ran> =>
  runIn(folder, argv, { RKE_KNOWN_HOSTS: join(folder, 'known_hosts'), HOME: folder });

/** A kubelet with other arguments on the hosts that a test selects. */
const otherKubelet =
  (isOn: (node: NodePlan) => boolean) =>
  (node: NodePlan): NodePlan => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name === 'kubelet' && isOn(node) ? { ...one, entrypoint: ['other'] } : one,
    ),
  });
const isWorker = ({ node }: NodePlan): boolean => !node.role.includes('controlplane');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-limited-'));
  farm = await startFarm(folder, 5, { onHost: (node) => onHost(node) });
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it('rke plan --nodes shows the named worker, and does not connect to the others', async () => {
  onHost = otherKubelet(isWorker);
  farm.hosts.get('127.20.0.4')?.takeCounts();
  const { code, stdout, stderr } = await rke('plan', '--nodes', 'node-3', '-o', 'json');
  expect(code, stderr).toBe(0);
  const { nodes, problems } = JSON.parse(stdout) as RunPlan;
  expect(problems).toEqual([]);
  expect(nodes.map(({ name, status }) => [name, status])).toEqual([
    ['node-0', 'unchanged'],
    ['node-1', 'unchanged'],
    ['node-2', 'unchanged'],
    ['node-3', 'changed'],
    ['node-4', 'left-out'],
  ]);
  expect(farm.hosts.get('127.20.0.4')?.takeCounts().connections).toBe(0);
  const text = await rke('up', '--dry-run', '--nodes', 'node-3');
  expect(text.stdout).toContain('left out, not looked at: node-4\n');
  expect(text.stdout).toContain('Apply with: rke up and the same --nodes ');
  expect(text.stdout).not.toContain('not reachable');
});

it('a plan that was saved with --nodes is not that of a run without it', async () => {
  onHost = otherKubelet(isWorker);
  expect((await rke('plan', '--nodes', 'node-3', '--out', 'plan.json')).code).toBe(0);
  const { code, stderr } = await rke('up', '--plan', 'plan.json');
  expect(code).toBe(2);
  expect(stderr).toContain('new: replace kubelet on node-4');
});

it('rke up --nodes is refused before it changes anything if control planes differ, too', async () => {
  onHost = otherKubelet(() => true);
  const { code, stderr } = await rke('up', '--nodes', 'node-3,127.20.0.4');
  expect(code).toBe(7);
  expect(stderr).toContain('node-0 (127.20.0.0), node-1 (127.20.0.1)');
  expect(stderr).toContain('rke up --nodes 127.20.0.0,127.20.0.1,127.20.0.2,127.20.0.3,127.20.0.4');
});

it.each([
  [['--nodes', 'node-33'], 'did you mean "node-3"'],
  [['--nodes', 'node-3,'], 'expected names or addresses, separated by commas'],
  [['--nodes', 'node-3', '--allow-network-change'], 'cannot be used with'],
])('rke up %j is refused', async (flags, message) => {
  const { code, stderr } = await rke('up', ...flags);
  expect(code, stderr).toBe(2);
  expect(stderr).toContain(message);
});
