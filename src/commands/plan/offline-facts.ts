import { readFile } from 'node:fs/promises';
import type { NodeSpec } from '../../config/cluster-spec.js';
import { fileErrorOf, usageError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import type { HostFacts } from '../../plan/host-context.js';

/** Facts of a host that the file does not list. */
const debian: HostFacts = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
};

/**
 * Reads facts of hosts for a plan that contacts none.
 *
 * @param file JSON: by address, any members of `HostFacts`; missing ones are those of Debian 12
 * @throws RkeError (exit 2) if the file cannot be read, is invalid, or lists hosts that are not in cluster.yml
 */
export async function readOfflineFacts(
  nodes: readonly NodeSpec[],
  file: string | undefined,
): Promise<ReadonlyMap<string, HostFacts>> {
  const given = file === undefined ? {} : await readJson(file);
  const addresses = nodes.map(({ address }) => address);
  const unknown = Object.keys(given).filter((address) => !addresses.includes(address));
  if (unknown.length > 0)
    throw usageError(`unknown hosts in the facts file: ${unknown.join(', ')}`, {
      fix: `use the addresses of cluster.yml: ${addresses.join(', ')}`,
    });
  return new Map(addresses.map((address) => [address, { ...debian, ...factsOf(address, given[address]) }]));
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw usageError(`cannot read the facts file ${path}: ${fileErrorOf(cause)}`, { fix: form, cause });
  }
  if (!isRecord(value))
    throw usageError(`${path} is invalid: expected an object with facts by host address`, { fix: form });
  return value;
}

const form =
  'write JSON such as {"10.0.0.11": {"operatingSystem": "Flatcar Container Linux"}}; see docs/plan.md';

function factsOf(address: string, value: unknown): Partial<HostFacts> {
  if (value === undefined) return {};
  const known = Object.keys(debian);
  if (!isRecord(value)) throw usageError(`invalid facts of ${address}: expected an object`, { fix: form });
  for (const [name, fact] of Object.entries(value)) {
    const isString = typeof fact === 'string';
    const isList = Array.isArray(fact) && fact.every((one) => typeof one === 'string');
    if (!known.includes(name) || !(name === 'securityOptions' ? isList : isString))
      throw usageError(`invalid fact "${name}" of ${address}`, {
        fix: `use ${known.join(', ')}; securityOptions is a list of strings, the others are strings`,
      });
  }
  return value;
}
