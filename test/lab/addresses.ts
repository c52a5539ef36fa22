import { LabError } from './process.js';
import { SUBNET, type DockerVersion } from './settings.js';

/** A node as a test requests it; omitted fields are chosen. */
export interface NodeSpec {
  readonly address?: string;
  readonly hostname?: string;
  /** The user for cluster.yml. Default: rke, who is in the docker group. */
  readonly user?: string;
  readonly docker?: DockerVersion;
  /** Directories on a separate small disk, with its size: `{ '/var/lib/docker': '400m' }`. They are empty after a restart. */
  readonly disks?: Readonly<Record<string, string>>;
}

interface Placed {
  readonly address: string;
  readonly hostname: string;
}

const PREFIX = SUBNET.replace(/0\/24$/, '');
/** Lower addresses belong to the gateway and the services. */
const FIRST = 11;
const LAST = 254;

/** Gives each node an address and a name that no running node has. */
export function chooseAddresses(specs: readonly NodeSpec[], taken: readonly Placed[]): Placed[] {
  const used = new Set(taken.map((node) => node.address));
  for (const { address } of specs) {
    if (address === undefined) continue;
    if (!isInLab(address))
      throw new LabError(
        `${address} is not an address for a node: take ${PREFIX}${FIRST} to ${PREFIX}${LAST}`,
      );
    if (used.has(address))
      throw new LabError(`${address} is another node's already (npm run lab -- status shows whose)`);
    used.add(address);
  }
  return specs.map((spec, index) => {
    const address = spec.address ?? firstFree(used);
    used.add(address);
    return { address, hostname: spec.hostname ?? `node${index + 1}` };
  });
}

function isInLab(address: string): boolean {
  const last = Number(address.slice(PREFIX.length));
  return address === `${PREFIX}${last}` && last >= FIRST && last <= LAST;
}

function firstFree(used: ReadonlySet<string>): string {
  for (let last = FIRST; last <= LAST; last++) {
    if (!used.has(`${PREFIX}${last}`)) return `${PREFIX}${last}`;
  }
  throw new LabError('no address is left on the lab network');
}
