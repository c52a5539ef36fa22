import { Option } from 'commander';

/** The flag of commands that may continue without etcd and control-plane hosts. */
export function ignoreUnreachableOption(): Option {
  return new Option(
    '--ignore-unreachable',
    'continue without etcd and control-plane hosts that cannot be reached (see docs/nodes.md)',
  );
}
