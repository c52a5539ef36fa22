import type { EventPayload, OperationRef } from '../../src/core/events.js';

/** One step of a run: the delay in milliseconds, and the event. */
export type Step = readonly [milliseconds: number, event: EventPayload];

const unchanged = { containers: 8, files: 20, addons: 2 };
const config = 'cluster.yml';
const version = 'v1.30.4-rancher1-1';

/** The reference to an operation. */
export function ref(stage: string, title: string, host?: string): OperationRef {
  return {
    operation: `${title}@${host ?? ''}`,
    title,
    stage,
    ...(host === undefined ? {} : { host }),
  };
}

const pull = ref('images', 'pull rancher/hyperkube:v1.30.4-rancher1', '10.0.0.1');
const pullOther = ref('images', 'pull rancher/hyperkube:v1.30.4-rancher1', '10.0.0.2');
const etcd = ref('etcd', 'create etcd', '10.0.0.1');
const etcdHealthy = ref('etcd', 'etcd healthy', '10.0.0.1');
const addon = ref('add-ons', 'apply coredns');

export const started: readonly Step[] = [
  [0, { type: 'run-started', command: 'up', cluster: 'prod', version, hosts: 2, config }],
  [300, { type: 'host-key-recorded', host: '10.0.0.2', fingerprint: 'SHA256:abc', file: 'known_hosts' }],
  [100, { type: 'host-connected', host: '10.0.0.1', dockerVersion: '20.10.24', durationMs: 400 }],
  [50, { type: 'host-connected', host: '10.0.0.2', dockerVersion: '26.1.5', durationMs: 450 }],
  [
    10,
    {
      type: 'certificates-ready',
      kept: 9,
      issued: ['kube-apiserver'],
      reasons: [{ name: 'kube-apiserver', reason: 'expires soon', daysLeft: 12 }],
    },
  ],
];

export const planned: Step = [
  40,
  {
    type: 'plan-made',
    operations: 5,
    stages: [
      { stage: 'images', operations: 2 },
      { stage: 'etcd', operations: 2 },
      { stage: 'add-ons', operations: 1 },
    ],
    unchanged,
  },
];

/** Two concurrent stages: etcd ends before the images. */
export const working: readonly Step[] = [
  [0, { type: 'operation-started', ...pull }],
  [0, { type: 'operation-started', ...pullOther }],
  [900, { type: 'operation-finished', ...pull, durationMs: 900 }],
  [100, { type: 'operation-started', ...etcd }],
  [400, { type: 'operation-finished', ...etcd, durationMs: 400 }],
  [0, { type: 'operation-started', ...etcdHealthy }],
  [200, { type: 'operation-progress', ...etcdHealthy, text: 'no answer yet' }],
  [200, { type: 'operation-progress', ...pullOther, text: '120 of 480 MiB' }],
];

export const ending: readonly Step[] = [
  [1000, { type: 'operation-finished', ...etcdHealthy, durationMs: 1400 }],
  [500, { type: 'operation-finished', ...pullOther, durationMs: 3300 }],
  [0, { type: 'operation-started', ...addon }],
  [250, { type: 'operation-finished', ...addon, durationMs: 250 }],
  [0, { type: 'state-saved', file: 'cluster.rkestate' }],
  [
    0,
    {
      type: 'run-finished',
      outcome: 'done',
      durationMs: 58_000,
      done: 5,
      failed: 0,
      unchanged,
      kubeconfig: 'kube_config_cluster.yml',
    },
  ],
];

export const failing: readonly Step[] = [
  [
    1000,
    {
      type: 'operation-failed',
      ...etcdHealthy,
      durationMs: 1400,
      error: { code: 'NOT_HEALTHY', message: 'etcd did not become healthy within 60s' },
    },
  ],
  [0, { type: 'operation-skipped', ...addon, because: 'etcd healthy@10.0.0.1' }],
  [
    500,
    {
      type: 'operation-failed',
      ...pullOther,
      durationMs: 3300,
      error: { code: 'NO_IMAGE', message: 'there is no such image' },
    },
  ],
  [0, { type: 'run-finished', outcome: 'failed', durationMs: 4000, done: 2, failed: 2, unchanged }],
];

export const withoutChange: readonly Step[] = [
  [0, { type: 'plan-made', operations: 0, stages: [], unchanged }],
  [0, { type: 'run-finished', outcome: 'no-change', durationMs: 1200, done: 0, failed: 0, unchanged }],
];
