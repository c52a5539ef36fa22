import { readFile } from 'node:fs/promises';
import type { NodeSpec } from '../../config/cluster-spec.js';
import { messageOf, usageError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import type { HostFacts } from '../../plan/host-context.js';

/** What a host is taken to be that nothing is said of. */
const debian: HostFacts = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
};

/**
 * Facts of hosts for a plan that looks at none.
 *
 * @param file JSON: by address, any of the members of `HostFacts`; those that are missing are as on Debian 12
 * @throws RkeError (exit 2) where the file cannot be read, is of another form, or names hosts that the cluster has not
 */
export async function readOfflineFacts(
  nodes: readonly NodeSpec[],
  file: string | undefined,
): Promise<ReadonlyMap<string, HostFacts>> {
  const given = file === undefined ? {} : await readJson(file);
  const addresses = nodes.map(({ address }) => address);
  const unknown = Object.keys(given).filter((address) => !addresses.includes(address));
  if (unknown.length > 0)
    throw usageError(`the facts list hosts that are not in cluster.yml: ${unknown.join(', ')}`, {
      fix: `use addresses of cluster.yml: ${addresses.join(', ')}`,
    });
  return new Map(addresses.map((address) => [address, { ...debian, ...factsOf(address, given[address]) }]));
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw usageError(`cannot read the facts of ${path}: ${messageOf(cause)}`, { fix: form, cause });
  }
  if (!isRecord(value)) throw usageError(`${path} has no facts by address`, { fix: form });
  return value;
}

const form =
  'write JSON such as {"10.0.0.11": {"operatingSystem": "Flatcar Container Linux"}}; see docs/plan.md';

function factsOf(address: string, value: unknown): Partial<HostFacts> {
  if (value === undefined) return {};
  const known = Object.keys(debian);
  if (!isRecord(value)) throw usageError(`the facts of ${address} are not an object`, { fix: form });
  for (const [name, fact] of Object.entries(value)) {
    const isText = typeof fact === 'string';
    const isTexts = Array.isArray(fact) && fact.every((one) => typeof one === 'string');
    if (!known.includes(name) || !(name === 'securityOptions' ? isTexts : isText))
      throw usageError(`the facts of ${address} have an unknown or invalid key: ${name}`, {
        fix: `use ${known.join(', ')}; securityOptions is a list of strings, the others are strings`,
      });
  }
  return value;
}
