import { InvalidArgumentError, Option } from 'commander';
import { mostDindNodes } from '../../core/dind-names.js';

const conflicts = ['local', 'sshAgentAuth'];

/** The flag of all commands on a cluster. */
export const dindOption = (): Option =>
  new Option('--dind', 'reach the nodes in Docker on this machine (see docs/dind.md)').conflicts(conflicts);

/** The flag of `rke up`, which takes the number of nodes. */
export const dindUpOption = (): Option =>
  new Option(
    '--dind [nodes]',
    'run the cluster in Docker on this machine, with this number of nodes (see docs/dind.md)',
  )
    .conflicts(conflicts)
    .argParser(parseCount);

/** The flags of `rke up --dind` for new node containers. */
export const dindSettingOptions = {
  image: (): Option =>
    new Option('--dind-image <image>', 'image of new node containers (default: that of RKE v1)'),
  storageDriver: (): Option =>
    new Option('--dind-storage-driver <driver>', 'storage driver of Docker in new node containers'),
  dnsServer: (): Option =>
    new Option(
      '--dind-dns-server <address>',
      'DNS server of new node containers (default: those of this machine)',
    ),
};

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= mostDindNodes) return count;
  throw new InvalidArgumentError(`expected a number of nodes from 1 to ${mostDindNodes}`);
}
