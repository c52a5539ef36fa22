import { applied, depends, later, local, type KeyRule } from './key-rule.js';

/** node-rules.ts decides, for all nodes together. */
const byNodeRules = (): undefined => undefined;
const keepValue = 'keep the value, or remove the node, run `rke up`, and add it again with the new one';

/** Keys below `nodes`; added and removed hosts are changes of `nodes[].address`. */
export const nodeKeys: readonly KeyRule[] = [
  depends(
    'hosts are added and removed ([nodes.md](nodes.md)), etcd members one at a time ([etcd.md](etcd.md)); the removal of the last running control plane or etcd member is refused',
    'keep the host in the file; a worker that is down does not stop a run',
    byNodeRules,
    'nodes[].address',
  ),
  depends(
    'roles can be added, and etcd can be removed ([etcd.md](etcd.md)); removing controlplane or worker is refused',
    'keep the roles; to keep pods away, set `taints`; for other roles, remove the node, run `rke up`, and add it again',
    byNodeRules,
    'nodes[].role',
  ),
  depends(
    'refused: the old node object and the old etcd member would remain',
    keepValue,
    byNodeRules,
    'nodes[].hostname_override',
  ),
  depends(
    'refused: certificates and the etcd membership contain the address',
    keepValue,
    byNodeRules,
    'nodes[].internal_address',
  ),
  applied(
    'set on the node; entries that are removed from the file are removed from it',
    'nodes[].labels',
    'nodes[].taints',
  ),
  local(
    'only how the host is reached',
    'nodes[].port',
    'nodes[].user',
    'nodes[].ssh_agent_auth',
    'nodes[].ssh_key',
    'nodes[].ssh_key_path',
    'nodes[].docker_socket',
  ),
  later('nodes[].ssh_cert', 'nodes[].ssh_cert_path'),
  local('no effect', 'nodes[].nodeName'),
];
