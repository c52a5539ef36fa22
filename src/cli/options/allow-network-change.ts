import { Option } from 'commander';

/** The flag of commands that may change the network plugin of a running cluster. */
export function allowNetworkChangeOption(): Option {
  return new Option(
    '--allow-network-change',
    'replace the network plugin of a running cluster; interrupts the network of all pods',
  );
}
