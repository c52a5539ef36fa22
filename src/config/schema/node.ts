import { field, boolean, list, object, oneOf, retired, string, stringMap } from './field.js';

export const roles = ['controlplane', 'etcd', 'worker'] as const;

const ssh = {
  address: field(string, {
    doc: 'IP address or DNS name for SSH, without user and port.',
    details: 'It identifies the host: a host with another address is another host.',
    example: '10.0.0.11',
  }),
  port: field(string, { doc: 'SSH port.', default: '22', example: '22' }),
  user: field(string, { doc: 'SSH user; must be allowed to use Docker.', example: 'ops' }),
  ssh_agent_auth: field(boolean, {
    doc: 'No effect, the same as RKE v1; the top-level ssh_agent_auth overrides it.',
    default: 'top-level ssh_agent_auth',
    example: 'true',
  }),
  ssh_key: field(string, {
    doc: 'Text of the private key, as a block (ssh_key: |); overrides ssh_key_path.',
    example: '"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl...\\n-----END OPENSSH PRIVATE KEY-----\\n"',
  }),
  ssh_key_path: field(string, {
    doc: 'Path of the private key.',
    default: 'top-level ssh_key_path',
    example: '~/.ssh/id_ed25519',
  }),
  ssh_cert: field(string, {
    doc: 'OpenSSH certificate, on one line.',
    example: 'ssh-ed25519-cert-v01@openssh.com AAAA...',
    pending: true,
  }),
  ssh_cert_path: field(string, {
    doc: 'Path of an OpenSSH certificate; read only if the key also comes from a path.',
    example: '~/.ssh/id_ed25519-cert.pub',
    pending: true,
  }),
};

const taint = object({
  key: field(string, { doc: 'Name of the taint.', example: 'dedicated' }),
  value: field(string, { doc: 'Value of the taint.', example: 'database' }),
  effect: field(oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), {
    doc: 'Effect on pods that do not tolerate the taint.',
    example: 'NoSchedule',
  }),
  timeAdded: field(string, {
    doc: 'Time at which the taint was added, in RFC 3339 format.',
    example: '"2024-05-01T12:00:00Z"',
  }),
});

export const node = object({
  nodeName: field(string, 'Set by Rancher; no effect.'),
  ...ssh,
  internal_address: field(string, {
    doc: 'IP address for traffic between nodes; etcd and kube-proxy listen on it.',
    default: 'address',
    example: '192.168.0.11',
  }),
  role: field(list(oneOf(roles)), {
    doc: 'One or more of controlplane, etcd and worker.',
    example: '[controlplane, etcd]',
  }),
  hostname_override: field(string, {
    doc: 'Name of the node in Kubernetes; converted to lower case.',
    default: 'address',
    example: 'node-1',
  }),
  docker_socket: field(string, {
    doc: 'Absolute path of the Docker socket on the host, without unix://.',
    default: '/var/run/docker.sock',
    example: '/var/run/docker.sock',
  }),
  labels: field(stringMap, {
    doc: 'Labels of the node; one that is removed here is removed from the node.',
    example: '{ disk: ssd }',
  }),
  taints: field(list(taint), {
    doc: 'Taints of the node.',
    since: 'RKE v0.3.0',
    example: '[{ key: dedicated, value: database, effect: NoSchedule }]',
  }),
  machine_name: retired('written by `rke config` up to v0.1.1; used by Rancher only'),
});

export const bastionHost = object({
  ...ssh,
  ignore_proxy_env_vars: field(boolean, {
    doc: 'No effect: rke never uses a proxy to reach the bastion.',
    default: 'false',
    since: 'RKE v1.3.0',
    example: 'true',
  }),
});
