import { Option } from 'commander';

/** The flag of commands that may delete objects of user add-ons. */
export function pruneNamespacesOption(
  description = 'delete namespaces that left the user add-ons, with everything in them (see docs/addons.md)',
): Option {
  return new Option('--prune-namespaces', description);
}
