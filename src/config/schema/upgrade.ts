import { field, flag, object, text, texts, whole } from './field.js';

const drainInput = object({
  force: field(flag, {
    doc: 'Delete pods that nothing will start again, too.',
    default: 'false',
    example: 'true',
  }),
  ignore_daemonsets: field(flag, {
    json: 'ignoreDaemonSets',
    doc: 'Leave pods of DaemonSets where they are; false counts only together with timeout and grace_period.',
    default: 'true',
    example: 'true',
  }),
  delete_local_data: field(flag, {
    doc: 'Delete pods with an emptyDir, too, and with them what is in it.',
    default: 'false',
    example: 'true',
  }),
  grace_period: field(whole, {
    doc: 'Seconds that pods get to end; -1 for what they ask for themselves.',
    default: '-1',
    example: '60',
  }),
  timeout: field(whole, { doc: 'Seconds after which draining has failed.', default: '120', example: '600' }),
});

export const upgradeStrategy = object({
  max_unavailable_worker: field(text, {
    doc: 'How many workers are upgraded at once, as a number or a percentage (rounded down, 1 at least, 50 at most).',
    default: '10%',
    example: '20%',
  }),
  max_unavailable_controlplane: field(text, {
    doc: 'How many control-plane hosts are upgraded at once, as a number or a percentage.',
    default: '1',
    example: '1',
  }),
  drain: field(flag, {
    doc: 'Move pods away from a host before it is upgraded.',
    default: 'false',
    example: 'true',
    pending: true,
  }),
  node_drain_input: field(drainInput, 'How pods are moved away.'),
});

export const restore = object({
  restore: field(flag, {
    doc: 'Of Rancher: the cluster comes from a snapshot, and all hosts are upgraded at once.',
    default: 'false',
    example: 'true',
  }),
  snapshot_name: field(text, { doc: 'Of Rancher: the snapshot; means nothing here.', example: 'snapshot-1' }),
});

export const rotateCertificates = object({
  cacertificates: field(flag, {
    json: 'caCertificates',
    doc: 'Make new authorities, too; the key has no underscore.',
    default: 'false',
    example: 'true',
  }),
  services: field(texts, {
    doc: 'Make new certificates for these services only.',
    default: 'all services',
    example: '[kubelet]',
  }),
});
