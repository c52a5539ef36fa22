import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/reconcile/description/change.js';
import type { PlannedNode } from '../../src/reconcile/description/describe-operations.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import { formatRunPlan } from '../../src/report/plan/format-run-plan.js';
import { summarizePlan, summarizeWaits } from '../../src/report/plan/summarize-plan.js';
import { plainStyle } from '../../src/report/style.js';

const change = (given: Partial<Change> & Pick<Change, 'kind' | 'action' | 'target'>): Change => ({
  id: `${given.kind}:${given.target}`,
  reason: 'missing',
  details: [],
  digest: '',
  ...given,
});
const node = (
  name: string,
  status: PlannedNode['status'],
  changes: readonly Change[],
  role: readonly string[] = ['worker'],
): PlannedNode => ({ name, address: `10.0.0.${name.length}`, role, status, changes });

const create = (target: string): Change => change({ kind: 'create-container', action: 'create', target });
const added = [
  change({ kind: 'pull-image', action: 'pull', target: 'rancher/hyperkube:v1.31.1-rancher1' }),
  change({ kind: 'pull-image', action: 'pull', target: 'rancher/rke-tools:v0.1.103' }),
  change({
    kind: 'put-files',
    action: 'write',
    target: 'files',
    details: ['kube-ca.pem', 'kube-node.pem'].map((field) => ({ field, removed: [], added: ['sha256:1'] })),
  }),
  ...['service-sidekick', 'nginx-proxy', 'kubelet', 'kube-proxy'].map(create),
];
const apiServer = change({
  kind: 'replace-container',
  action: 'replace',
  target: 'kube-apiserver',
  reason: 'different entrypoint',
  details: [{ field: 'entrypoint', removed: ['--audit-log-maxage=30'], added: ['--audit-log-maxage=60'] }],
  interrupts: '2 others serve',
  atATime: 1,
});
const kubelet = change({
  kind: 'replace-container',
  action: 'replace',
  target: 'kubelet',
  details: [
    {
      field: 'image',
      removed: ['rancher/hyperkube:v1.30.4-rancher1'],
      added: ['rancher/hyperkube:v1.31.1-rancher1'],
    },
    { field: 'entrypoint', removed: ['--v=2', '--old'], added: ['--v=4', '--max-pods=200'] },
  ],
  interrupts: 'pods keep running',
  atATime: 10,
});
const clean = change({
  kind: 'clean-host',
  action: 'remove',
  target: 'directories, mounts, links and rules',
  reason: 'the host leaves the cluster',
  destructive: 'the host leaves the cluster and loses its data',
});
const plan: RunPlan = {
  formatVersion: 1,
  cluster: 'prod',
  kubernetesVersion: 'v1.31.1-rancher1-1',
  hasChanges: true,
  unfinished: ['kubelet was created but not started on 10.0.0.7'],
  destructive: ['node-c: the host leaves the cluster and loses its data'],
  nodes: [
    node('node-d', 'new', added),
    node('node-a', 'changed', [apiServer], ['controlplane', 'etcd']),
    ...Array.from({ length: 300 }, (_, index) => node(`worker-${index}`, 'changed', [kubelet])),
    node('node-c', 'removed', [clean]),
    node('node-e', 'unchanged', []),
    node('node-f', 'unreachable', []),
  ],
  clusterChanges: [
    change({
      kind: 'apply-addon',
      action: 'apply',
      target: 'rke-coredns-addon',
      reason: 'different from what was applied',
      details: [
        { field: 'applied again', removed: [], added: ['Deployment kube-system/coredns'] },
        { field: 'deleted', removed: ['Service kube-system/old'], added: [] },
      ],
    }),
  ],
  counts: { create: 4, replace: 301 },
  digest: '',
  unchanged: { containers: 24, files: 61, addons: 5 },
  warnings: [],
  problems: [],
};

const screen = (width: number | undefined): string =>
  `\n${formatRunPlan(plan, { style: plainStyle, width })}`;

describe('a plan for people', () => {
  it('fits a terminal of 100 columns, and folds 300 nodes to which the same is done', () => {
    expect(screen(100)).toMatchInlineSnapshot(`
      "
      cluster prod: 1 node to add, 1 node to remove, 301 containers to replace, 1 add-on to apply
      completing an earlier run: kubelet was created but not started on 10.0.0.7

        node-d (10.0.0.6)  worker                                   + add
          + 2 files to write   + 2 images to pull
          + service-sidekick, nginx-proxy, kubelet, kube-proxy

        node-a (10.0.0.6)  controlplane, etcd                       ~ change
          ~ replace kube-apiserver   args: --audit-log-maxage=30 → 60   2 others serve, one host at a time

        300 nodes: worker-0, worker-1, worker-2, worker-3, worker-4, … 295 more  worker  ~ change
          ~ replace kubelet   pods keep running, 10 hosts at a time
              image: rancher/hyperkube:v1.30.4-rancher1 → rancher/hyperkube:v1.31.1-rancher1
              args: --v=2 → 4
              args: - --old
              args: + --max-pods=200

        node-c (10.0.0.6)  worker                                   - remove
          - remove directories, mounts, links and rules
              the host leaves the cluster
              ! the host leaves the cluster and loses its data

        cluster
          ~ apply rke-coredns-addon   different from what was applied
              applied again: + Deployment kube-system/coredns
              deleted: - Service kube-system/old

      not reachable, nothing is planned: node-f

      unchanged: 24 containers, 61 files and 5 add-ons are as planned
      ! destructive: node-c: the host leaves the cluster and loses its data

      Apply with: rke up        Save with: rke plan --out plan.json
      "
    `);
  });

  it('is folded on a narrow terminal, and nothing is cut', () => {
    expect(screen(80)).toMatchInlineSnapshot(`
      "
      cluster prod: 1 node to add, 1 node to remove, 301 containers to replace, 1 add-on to apply
      completing an earlier run: kubelet was created but not started on 10.0.0.7

        node-d (10.0.0.6)  worker                                   + add
          + 2 files to write   + 2 images to pull
          + service-sidekick, nginx-proxy, kubelet, kube-proxy

        node-a (10.0.0.6)  controlplane, etcd                       ~ change
          ~ replace kube-apiserver
              2 others serve, one host at a time
              args: --audit-log-maxage=30 → 60

        300 nodes: worker-0, worker-1, worker-2, … 297 more  worker  ~ change
          ~ replace kubelet   pods keep running, 10 hosts at a time
              image: rancher/hyperkube:v1.30.4-rancher1 → rancher/hyperkube:v1.31.1-rancher1
              args: --v=2 → 4
              args: - --old
              args: + --max-pods=200

        node-c (10.0.0.6)  worker                                   - remove
          - remove directories, mounts, links and rules
              the host leaves the cluster
              ! the host leaves the cluster and loses its data

        cluster
          ~ apply rke-coredns-addon   different from what was applied
              applied again: + Deployment kube-system/coredns
              deleted: - Service kube-system/old

      not reachable, nothing is planned: node-f

      unchanged: 24 containers, 61 files and 5 add-ons are as planned
      ! destructive: node-c: the host leaves the cluster and loses its data

      Apply with: rke up        Save with: rke plan --out plan.json
      "
    `);
  });

  it.each([100, 200])('has no line wider than %d columns, except for long values', (width) => {
    const lines = screen(width).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  it('is printed as on a wide terminal if there is none', () => {
    expect(screen(undefined)).toBe(screen(200));
  });

  it('without changes is one line', () => {
    const same = {
      ...plan,
      hasChanges: false,
      unfinished: [],
      destructive: [],
      nodes: [],
      clusterChanges: [],
    };
    expect(formatRunPlan(same, { style: plainStyle })).toBe(
      'cluster prod: no change: 24 containers, 61 files and 5 add-ons are as planned\n',
    );
  });

  it('with a problem does not suggest to apply it', () => {
    const refused = { ...plan, problems: [{ code: 'CHECK_SWAP', message: 'swap is on' }] };
    expect(formatRunPlan(refused, { style: plainStyle })).not.toContain('Apply with');
  });
});

describe('the summary of rke up', () => {
  it('has a line for each different change, and what is lost', () => {
    expect(summarizePlan(plan)).toMatchInlineSnapshot(`
      [
        "completing an earlier run: kubelet was created but not started on 10.0.0.7",
        "1 node to add, 1 node to remove, 301 containers to replace, 1 add-on to apply",
        "  + add node-d (worker)",
        "  - remove node-c (worker)",
        "  ~ replace kube-apiserver on node-a: args: --audit-log-maxage=30 → 60",
        "  ~ replace kubelet on worker-0, worker-1, worker-2, worker-3, worker-4, worker-5, worker-6, worker-7, worker-8, worker-9, … 290 more: image: rancher/hyperkube:v1.30.4-rancher1 → rancher/hyperkube:v1.31.1-rancher1; args: --v=2 → 4; … 2 more",
        "  ~ apply rke-coredns-addon",
        "! node-c: the host leaves the cluster and loses its data",
      ]
    `);
  });

  it('is folded after ten lines', () => {
    const nodes = Array.from({ length: 30 }, (_, index) =>
      node(`node-${index}`, 'changed', [create(`container-${index}`)]),
    );
    const lines = summarizePlan({ ...plan, nodes, unfinished: [], destructive: [], clusterChanges: [] });
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('  … 21 more (rke plan prints them)');
  });

  it('names what a run waits for that changes nothing', () => {
    const waits = ['kube-scheduler healthy', 'kube-scheduler healthy', 'kube-controller-manager healthy'];
    expect(summarizeWaits(waits)).toEqual([
      'nothing to change; waiting for: kube-scheduler healthy, kube-controller-manager healthy',
    ]);
    expect(summarizeWaits([])).toEqual([]);
  });

  it('is empty if nothing is changed', () => {
    expect(summarizePlan({ nodes: [], clusterChanges: [], unfinished: [], destructive: [] })).toEqual([]);
  });
});

it('docs/plan.md describes every member of the JSON', () => {
  const page = readFileSync(new URL('../../docs/plan.md', import.meta.url), 'utf8');
  const [first] = plan.nodes;
  const members = [plan, first, clean, { ...apiServer }].flatMap((value) => Object.keys(value ?? {}));
  expect([...new Set(members)].filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
});
