import { field, boolean, object, string, strings, integer } from './field.js';

const drainInput = object({
  force: field(boolean, {
    doc: 'Also delete pods without a controller, which nothing recreates.',
    default: 'false',
    example: 'true',
  }),
  ignore_daemonsets: field(boolean, {
    json: 'ignoreDaemonSets',
    doc: 'Ignore pods of DaemonSets.',
    details: 'false takes effect only together with timeout and grace_period.',
    default: 'true',
    example: 'true',
  }),
  delete_local_data: field(boolean, {
    doc: 'Also delete pods with an emptyDir; its data is lost.',
    default: 'false',
    example: 'true',
  }),
  grace_period: field(integer, {
    doc: 'Termination grace period in seconds; -1 for that of each pod.',
    default: '-1',
    example: '60',
  }),
  timeout: field(integer, { doc: 'Timeout of draining, in seconds.', default: '120', example: '600' }),
});

export const upgradeStrategy = object({
  max_unavailable_worker: field(string, {
    doc: 'Workers that may be unavailable at the same time, as a number or a percentage.',
    details: 'A percentage is rounded down; at least 1 and at most 50 workers.',
    default: '10%',
    example: '20%',
  }),
  max_unavailable_controlplane: field(string, {
    doc: 'Control-plane hosts that may be unavailable at the same time, as a number or a percentage.',
    details:
      'A majority always serves: at most 1 of 3 or 4 and 2 of 5 or 6 are interrupted at the same time.',
    default: '1',
    example: '1',
  }),
  drain: field(boolean, {
    doc: 'Drain a node before its kubelet or kube-proxy is replaced.',
    default: 'false',
    example: 'true',
  }),
  node_drain_input: field(drainInput, 'Options of draining.'),
});

export const restore = object({
  restore: field(boolean, {
    doc: 'Set by Rancher: the cluster was restored, and all hosts are upgraded at the same time.',
    default: 'false',
    example: 'true',
  }),
  snapshot_name: field(string, { doc: 'Set by Rancher; no effect.', example: 'snapshot-1' }),
});

export const rotateCertificates = object({
  cacertificates: field(boolean, {
    json: 'caCertificates',
    doc: 'Also rotate the CA; the key has no underscore.',
    default: 'false',
    example: 'true',
  }),
  services: field(strings, {
    doc: 'Rotate the certificates of these services only.',
    default: 'all services',
    example: '[kubelet]',
  }),
});
