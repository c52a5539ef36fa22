import { addonChoices, defaultChoice, definitionsOf } from '../../config/addons/addon-definitions.js';
import type { FileNode, FullFile } from '../../config/write/full-file.js';
import { isCidr, ipBytes } from '../../core/ip.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { ask, askWhether, needed, oneOf, wholeNumber, type LineReader } from './ask.js';
import { askNode } from './ask-node.js';
import { chooseVersion } from './choose-version.js';

/**
 * RKE's questions in RKE's order (cmd/config.go clusterConfig), so that people find what they know.
 *
 * @throws RkeError (exit 2) where the answers end
 */
export async function askCluster(reader: LineReader, catalog: VersionCatalog): Promise<FullFile> {
  const sshKeyPath = await ask(reader, {
    text: 'Cluster Level SSH Private Key Path',
    standard: '~/.ssh/id_rsa',
  });
  const hosts = Number(
    await ask(reader, { text: 'Number of Hosts', standard: '1', check: wholeNumber(10_000) }),
  );
  const nodes: FileNode[] = [];
  for (let number = 1; number <= hosts; number += 1) nodes.push(await askNode(reader, number, sshKeyPath));

  const plugins = definitionsOf('network').map(({ name }) => name);
  const network = await ask(reader, {
    text: `Network Plugin Type (${plugins.join(', ')})`,
    standard: defaultChoice('network', catalog.defaultVersion),
    check: oneOf(addonChoices('network')),
  });
  const authentication = await ask(reader, { text: 'Authentication Strategy', standard: 'x509' });
  const authorization = await ask(reader, {
    text: 'Authorization Mode (rbac, none)',
    standard: 'rbac',
    check: oneOf(['rbac', 'none']),
  });
  const image = await ask(reader, {
    text: 'Kubernetes Docker image',
    standard: catalog.systemImages(catalog.defaultVersion)?.['kubernetes'] ?? '',
    check: needed('an image'),
  });
  const clusterDomain = await ask(reader, { text: 'Cluster domain', standard: 'cluster.local' });
  const serviceRange = await ask(reader, {
    text: 'Service Cluster IP Range',
    standard: '10.43.0.0/16',
    check: ranges,
  });
  const podRange = await ask(reader, {
    text: 'Cluster Network CIDR',
    standard: '10.42.0.0/16',
    check: ranges,
  });
  const dnsServer = await ask(reader, {
    text: 'Cluster DNS Service IP',
    standard: '10.43.0.10',
    check: (answer) => (ipBytes(answer) === undefined ? `"${answer}" is not an address` : undefined),
  });
  return {
    nodes,
    sshKeyPath,
    ...chooseVersion(image, catalog),
    network,
    authentication,
    authorization,
    clusterDomain,
    serviceRange,
    podRange,
    dnsServer,
    addonsInclude: await askAddons(reader),
  };
}

async function askAddons(reader: LineReader): Promise<string[]> {
  const addons: string[] = [];
  let text = 'Add addon manifest URLs or YAML files';
  while (await askWhether(reader, text, 'no')) {
    const check = needed('a path or URL');
    addons.push(await ask(reader, { text: 'Enter the Path or URL for the manifest', check }));
    text = 'Add another addon';
  }
  return addons;
}

/** One range of addresses, or one of each family. */
function ranges(answer: string): string | undefined {
  const wrong = answer.split(',').find((part) => !isCidr(part));
  return wrong === undefined ? undefined : `"${wrong}" is not an address range such as 10.43.0.0/16`;
}
