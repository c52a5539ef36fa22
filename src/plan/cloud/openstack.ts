import { renderIni } from './ini.js';

/** Sections in order, each with its block of cluster.yml and its names, which are also the keys. */
const sections = [
  [
    'Global',
    'global',
    'auth-url username user-id password tenant-id tenant-name trust-id domain-id domain-name region ca-file',
  ],
  [
    'LoadBalancer',
    'loadBalancer',
    'lb-version use-octavia subnet-id floating-network-id lb-method lb-provider create-monitor monitor-delay monitor-timeout monitor-max-retries manage-security-groups',
  ],
  ['BlockStorage', 'blockStorage', 'bs-version trust-device-path ignore-volume-az'],
  ['Route', 'route', 'router-id'],
  ['Metadata', 'metadata', 'search-order request-timeout'],
] as const;

/** Renders the settings of the OpenStack provider (RKE cloudprovider/openstack). */
export function renderOpenstackConfig(provider: Readonly<Record<string, unknown>>): string {
  return renderIni(
    sections.map(([name, block, keys]) => {
      const given = (provider[block] ?? {}) as Readonly<Record<string, unknown>>;
      return { name, entries: keys.split(' ').map((key) => [key, given[key]] as const) };
    }),
  );
}
