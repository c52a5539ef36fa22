import { Option } from 'commander';

/** The flag of commands that may upgrade Kubernetes; its value is `snapshot`, true by default. */
export function noSnapshotOption(): Option {
  return new Option('--no-snapshot', 'upgrade Kubernetes without an etcd snapshot before');
}
