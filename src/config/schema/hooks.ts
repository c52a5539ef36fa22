import { hookStages } from '../hook-spec.js';
import { field, list, object, oneOf, string, strings } from './field.js';

const hook = object({
  name: field(string, {
    doc: 'Name in plans, logs and the JSON; unique in the file.',
    default: 'hook 1, hook 2, …',
    example: 'leave the load balancer',
  }),
  when: field(oneOf(['before', 'after']), { doc: 'Before or after it; required.', example: 'before' }),
  for: field(oneOf(['node', 'stage']), {
    doc: 'Run once for each node, or once for a stage; required.',
    example: 'node',
  }),
  stage: field(oneOf([...hookStages]), {
    doc: 'The stage; with `for: node`, what this stage does to the node.',
    default: 'all stages, with `for: node`',
    example: 'worker',
  }),
  nodes: field(strings, {
    doc: 'Names or addresses of nodes.',
    default: 'all nodes',
    example: '[worker-1, 10.0.0.12]',
  }),
  roles: field(list(oneOf(['controlplane', 'etcd', 'worker'])), {
    doc: 'Nodes with one of these roles.',
    default: 'all roles',
    example: '[worker]',
  }),
  run: field(strings, {
    doc: 'Program and arguments, started without a shell on this machine.',
    example: '[./load-balancer.sh, disable]',
  }),
  url: field(string, {
    doc: 'URL that gets the JSON by POST, in place of `run`.',
    example: 'https://hooks.example.com/rke',
  }),
  header_file: field(string, {
    doc: 'File with headers for `url`, one `Name: value` a line, e.g. a token.',
    example: './hook-headers',
  }),
  ca_file: field(string, {
    doc: 'File with CA certificates (PEM) for `url`, in place of the public ones.',
    example: './ca.pem',
  }),
  timeout: field(string, { doc: 'Limit of its time, 24h at most.', default: '60s', example: '5m' }),
});

/** The keys of hooks.yml. */
export const hooksFile = object({
  hooks: field(list(hook), { doc: 'The hooks, in the order in which they run at the same place.' }),
});
