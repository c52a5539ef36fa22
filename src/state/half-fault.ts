import { isRecord } from '../core/stable.js';

/**
 * The first member of the wrong type in one half of a state, e.g. after an edit; RKE v1 would refuse it, too
 * (Go does not accept a string for a list). Unknown members are not checked.
 *
 * @returns undefined for a valid half; never a value of the file, which may be a key
 */
export function halfFault(name: string, half: unknown): string | undefined {
  if (!isRecord(half)) return `${name} is not an object`;
  const { rkeConfig, certificatesBundle, encryptionConfig } = half;
  if (encryptionConfig !== undefined && typeof encryptionConfig !== 'string')
    return `${name}.encryptionConfig is not a string`;
  return (
    configFault(`${name}.rkeConfig`, rkeConfig) ??
    bundleFault(`${name}.certificatesBundle`, certificatesBundle)
  );
}

const texts = ['kubernetesVersion', 'clusterName', 'prefixPath', 'sshKeyPath', 'addons'];
const objects = ['services', 'network', 'authentication', 'systemImages', 'authorization', 'ingress', 'dns'];

function configFault(path: string, config: unknown): string | undefined {
  if (config === undefined || config === null) return undefined;
  if (!isRecord(config)) return `${path} is not an object`;
  const bad = (names: readonly string[], isGood: (value: unknown) => boolean): string | undefined =>
    names.find((name) => config[name] !== undefined && config[name] !== null && !isGood(config[name]));
  const text = bad(texts, (value) => typeof value === 'string');
  if (text !== undefined) return `${path}.${text} is not a string`;
  const object = bad(objects, isRecord);
  if (object !== undefined) return `${path}.${object} is not an object`;
  return nodesFault(`${path}.nodes`, config['nodes']);
}

function nodesFault(path: string, nodes: unknown): string | undefined {
  if (nodes === undefined || nodes === null) return undefined;
  if (!Array.isArray(nodes)) return `${path} is not a list`;
  for (const [index, node] of (nodes as unknown[]).entries()) {
    if (!isRecord(node)) return `${path}[${index}] is not an object`;
    if (typeof node['address'] !== 'string') return `${path}[${index}].address is not a string`;
    if (!isListOfStrings(node['role'])) return `${path}[${index}].role is not a list of strings`;
  }
  return undefined;
}

function isListOfStrings(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function bundleFault(path: string, bundle: unknown): string | undefined {
  if (bundle === undefined || bundle === null) return undefined;
  if (!isRecord(bundle)) return `${path} is not an object`;
  for (const [name, entry] of Object.entries(bundle)) {
    if (!isCertificate(entry)) return `${path}.${name} is not a certificate with its key`;
    const member = entryTexts.find((one) => entry[one] !== undefined && typeof entry[one] !== 'string');
    if (member !== undefined) return `${path}.${name}.${member} is not a string`;
  }
  return undefined;
}

const entryTexts = [
  'commonName',
  'ouName',
  'envName',
  'path',
  'keyEnvName',
  'keyPath',
  'configEnvName',
  'configPath',
];

function isCertificate(entry: unknown): entry is Record<string, unknown> {
  return (
    isRecord(entry) &&
    ['certificatePEM', 'keyPEM', 'config', 'name'].every((member) => typeof entry[member] === 'string')
  );
}
