import { applied, depends, later, local, type KeyRule } from './key-rule.js';

/** Decided by node-rules.ts, for all nodes together. */
const byNodeRules = (): undefined => undefined;
const keepNode = 'keep the value';

/** Keys below `nodes`; hosts that are added and removed are `nodes[].address`. */
export const nodeKeys: readonly KeyRule[] = [
  depends(
    'a host without the role etcd is added; one more or less with it, and one that is missing, is refused',
    'keep the host in the file; a worker that is down does not stop a run',
    byNodeRules,
    'nodes[].address',
  ),
  depends(
    'controlplane and worker are added; etcd is neither added nor removed, and no role is removed',
    'keep the roles; keep pods away with `taints`',
    byNodeRules,
    'nodes[].role',
  ),
  depends(
    'refused: the old node object and the old etcd member would stay behind',
    keepNode,
    byNodeRules,
    'nodes[].hostname_override',
  ),
  depends(
    'refused: the membership of etcd and certificates name it',
    keepNode,
    byNodeRules,
    'nodes[].internal_address',
  ),
  applied('set on the node, and removed from it if removed here', 'nodes[].labels', 'nodes[].taints'),
  local(
    'how the host is reached',
    'nodes[].port',
    'nodes[].user',
    'nodes[].ssh_agent_auth',
    'nodes[].ssh_key',
    'nodes[].ssh_key_path',
    'nodes[].docker_socket',
  ),
  later('nodes[].ssh_cert', 'nodes[].ssh_cert_path'),
  local('means nothing', 'nodes[].nodeName'),
];
