import { field, flag, list, object, oneOf, text, textMap } from './field.js';

export const roles = ['controlplane', 'etcd', 'worker'] as const;

const ssh = {
  address: field(text, { doc: 'Where SSH finds it.' }),
  port: field(text, { doc: 'Port of sshd; 22.' }),
  user: field(text, { doc: 'Who logs in; must be allowed to use Docker.' }),
  ssh_agent_auth: field(flag, { doc: 'Log in with the SSH agent.' }),
  ssh_key: field(text, { doc: 'The private key itself; stands above ssh_key_path.' }),
  ssh_key_path: field(text, { doc: 'Path of the private key.' }),
  ssh_cert: field(text, { doc: 'An OpenSSH certificate.', pending: true }),
  ssh_cert_path: field(text, { doc: 'Path of an OpenSSH certificate.', pending: true }),
};

const taint = object({
  key: field(text),
  value: field(text),
  effect: field(oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
  timeAdded: field(text, { json: 'timeAdded' }),
}).partial();

export const node = object({
  nodeName: field(text, { json: 'nodeName', doc: 'Of Rancher; means nothing here.' }),
  ...ssh,
  internal_address: field(text, { doc: 'How the other nodes reach it; the address unless given.' }),
  role: field(list(oneOf(roles)), { doc: 'controlplane, etcd, worker: one or more.' }),
  hostname_override: field(text, { doc: 'Name of the node in Kubernetes; the address unless given.' }),
  docker_socket: field(text, { doc: 'Path of the Docker socket; /var/run/docker.sock.' }),
  labels: field(textMap, { doc: 'Labels of the node.' }),
  taints: field(list(taint), { doc: 'Taints of the node.' }),
}).partial();

export const bastionHost = object({
  ...ssh,
  ignore_proxy_env_vars: field(flag, { doc: 'No proxy is used to reach the bastion either way.' }),
}).partial();

export const privateRegistry = object({
  url: field(text, { doc: 'Domain, and folder where there is one, without a scheme; docker.io.' }),
  user: field(text),
  password: field(text),
  is_default: field(flag, { doc: 'Default images are taken from here.' }),
  ecr_credential_plugin: field(
    object({
      aws_access_key_id: field(text),
      aws_secret_access_key: field(text),
      aws_session_token: field(text, { json: 'awsAccessToken' }),
    }).partial(),
    { pending: true },
  ),
}).partial();
