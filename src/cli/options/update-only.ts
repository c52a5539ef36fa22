import { Option } from 'commander';

/** The flag of RKE v1 for commands that may leave the containers of a running cluster as they are. */
export function updateOnlyOption(): Option {
  return new Option(
    '--update-only',
    'change containers only on new workers (see docs/nodes.md); certificates, add-ons and labels are applied',
  );
}
