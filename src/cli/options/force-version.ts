import { Option } from 'commander';

/** The flag of commands that may change the Kubernetes version of a running cluster. */
export function forceVersionOption(): Option {
  return new Option(
    '--force-version',
    'accept a version that skips a minor, is older, or is too far from the kubelets',
  );
}
