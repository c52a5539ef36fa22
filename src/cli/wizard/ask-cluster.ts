import { addonChoices, defaultChoice, definitionsOf } from '../../config/addons/addon-definitions.js';
import type { FileNode, FullFile } from '../../config/write/full-file.js';
import { isCidr, ipBytes } from '../../core/ip.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { ask, confirm, requireAnswer, requireOneOf, requireInteger, type LineReader } from './ask.js';
import { askNode } from './ask-node.js';
import { chooseVersion } from './choose-version.js';

/**
 * Asks RKE's questions in RKE's order (cmd/config.go clusterConfig), so that users and scripts of RKE v1 find what they know.
 *
 * @throws RkeError (exit 2) if the input ends
 */
export async function askCluster(reader: LineReader, catalog: VersionCatalog): Promise<FullFile> {
  const sshKeyPath = await ask(reader, {
    text: 'Cluster Level SSH Private Key Path',
    defaultAnswer: '~/.ssh/id_rsa',
  });
  const hosts = Number(
    await ask(reader, { text: 'Number of Hosts', defaultAnswer: '1', check: requireInteger(10_000) }),
  );
  const nodes: FileNode[] = [];
  for (let number = 1; number <= hosts; number += 1) nodes.push(await askNode(reader, number, sshKeyPath));

  const plugins = definitionsOf('network').map(({ name }) => name);
  const network = await ask(reader, {
    text: `Network Plugin Type (${plugins.join(', ')})`,
    defaultAnswer: defaultChoice('network', catalog.defaultVersion),
    check: requireOneOf(addonChoices('network')),
  });
  const authentication = await ask(reader, { text: 'Authentication Strategy', defaultAnswer: 'x509' });
  const authorization = await ask(reader, {
    text: 'Authorization Mode (rbac, none)',
    defaultAnswer: 'rbac',
    check: requireOneOf(['rbac', 'none']),
  });
  const image = await ask(reader, {
    text: 'Kubernetes Docker image',
    defaultAnswer: catalog.systemImages(catalog.defaultVersion)?.['kubernetes'] ?? '',
    check: requireAnswer('an image'),
  });
  const clusterDomain = await ask(reader, { text: 'Cluster domain', defaultAnswer: 'cluster.local' });
  const serviceRange = await ask(reader, {
    text: 'Service Cluster IP Range',
    defaultAnswer: '10.43.0.0/16',
    check: checkCidrs,
  });
  const podRange = await ask(reader, {
    text: 'Cluster Network CIDR',
    defaultAnswer: '10.42.0.0/16',
    check: checkCidrs,
  });
  const dnsServer = await ask(reader, {
    text: 'Cluster DNS Service IP',
    defaultAnswer: '10.43.0.10',
    check: (answer) => (ipBytes(answer) === undefined ? `invalid IP address "${answer}"` : undefined),
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
  while (await confirm(reader, text, 'no')) {
    const check = requireAnswer('a path or URL');
    addons.push(await ask(reader, { text: 'Enter the Path or URL for the manifest', check }));
    text = 'Add another addon';
  }
  return addons;
}

/** Accepts one CIDR, or one of each address family. */
function checkCidrs(answer: string): string | undefined {
  const invalid = answer.split(',').find((part) => !isCidr(part));
  return invalid === undefined
    ? undefined
    : `invalid CIDR "${invalid}"; expected a range such as 10.43.0.0/16`;
}
