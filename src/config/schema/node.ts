import { field, flag, list, object, oneOf, retired, text, textMap } from './field.js';

export const roles = ['controlplane', 'etcd', 'worker'] as const;

const ssh = {
  address: field(text, {
    doc: 'IP address or DNS name that SSH connects to, without user and port; a host keeps its identity by it.',
    example: '10.0.0.11',
  }),
  port: field(text, { doc: 'Port of sshd.', default: '22', example: '22' }),
  user: field(text, { doc: 'Who logs in; must be allowed to use Docker.', example: 'ops' }),
  ssh_agent_auth: field(flag, {
    doc: 'Log in with the SSH agent; the value of the same key at the top stands above it.',
    default: 'ssh_agent_auth at the top',
    example: 'true',
  }),
  ssh_key: field(text, {
    doc: 'The private key itself, as a block with its line breaks (ssh_key: |); overrides ssh_key_path.',
    example: '"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl...\\n-----END OPENSSH PRIVATE KEY-----\\n"',
  }),
  ssh_key_path: field(text, {
    doc: 'Path of the private key.',
    default: 'ssh_key_path at the top',
    example: '~/.ssh/id_ed25519',
  }),
  ssh_cert: field(text, {
    doc: 'A certificate of OpenSSH, as one line.',
    example: 'ssh-ed25519-cert-v01@openssh.com AAAA...',
    pending: true,
  }),
  ssh_cert_path: field(text, {
    doc: 'Path of a certificate of OpenSSH; read only where the key comes from a path, too.',
    example: '~/.ssh/id_ed25519-cert.pub',
    pending: true,
  }),
};

const taint = object({
  key: field(text, { doc: 'Name of the taint.', example: 'dedicated' }),
  value: field(text, { doc: 'Value of the taint.', example: 'database' }),
  effect: field(oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), {
    doc: 'What happens to pods that do not tolerate it.',
    example: 'NoSchedule',
  }),
  timeAdded: field(text, {
    doc: 'When the taint was added, as Kubernetes writes it.',
    example: '"2024-05-01T12:00:00Z"',
  }),
});

export const node = object({
  nodeName: field(text, 'Of Rancher; means nothing here.'),
  ...ssh,
  internal_address: field(text, {
    doc: 'IP address at which the other nodes reach it; etcd and kube-proxy listen on it.',
    default: 'address',
    example: '192.168.0.11',
  }),
  role: field(list(oneOf(roles)), {
    doc: 'What the host does in the cluster: controlplane, etcd, worker, one or more.',
    example: '[controlplane, etcd]',
  }),
  hostname_override: field(text, {
    doc: 'Name of the node in Kubernetes; put in lower case.',
    default: 'address',
    example: 'node-1',
  }),
  docker_socket: field(text, {
    doc: 'Absolute path of the socket of Docker on the host, without unix://.',
    default: '/var/run/docker.sock',
    example: '/var/run/docker.sock',
  }),
  labels: field(textMap, {
    doc: 'Labels of the node in Kubernetes; one that is taken away here is taken away there.',
    example: '{ disk: ssd }',
  }),
  taints: field(list(taint), {
    doc: 'Taints of the node in Kubernetes.',
    since: 'RKE v0.3.0',
    example: '[{ key: dedicated, value: database, effect: NoSchedule }]',
  }),
  machine_name: retired('written by `rke config` up to v0.1.1; it was of Rancher alone'),
});

export const bastionHost = object({
  ...ssh,
  ignore_proxy_env_vars: field(flag, {
    doc: 'Changes nothing: no proxy is used to reach the bastion either way.',
    default: 'false',
    since: 'RKE v1.3.0',
    example: 'true',
  }),
});
