import { isRecord } from '../core/stable.js';
import { components, type CatalogData, type ComponentFlags, type VersionInfo } from './catalog-data.js';

/** The catalogue, or why the file does not contain one. */
export type MetadataReading =
  { readonly ok: true; readonly data: CatalogData } | { readonly ok: false; readonly why: string };

/**
 * Extracts the catalogue from RKE's data.json (types/kdm/kdm.go Data). Data for Rancher, K3s and CIS and the template texts
 * are dropped.
 *
 * @param json the parsed file
 */
export function readMetadata(json: unknown): MetadataReading {
  if (!isRecord(json)) return { ok: false, why: 'not a JSON object' };
  const missing = required.find((key) => !isRecord(json[key]) || Object.keys(json[key]).length === 0);
  if (missing !== undefined) return { ok: false, why: `${missing} is missing or empty` };
  const data: CatalogData = {
    systemImages: mapOf(json['K8sVersionRKESystemImages'], (images) => mapOf(images, textOrNull)),
    serviceOptions: mapOf(json['K8sVersionServiceOptions'], componentFlags),
    windowsServiceOptions: mapOf(json['K8sVersionWindowsServiceOptions'], componentFlags),
    dockerVersions: mapOf(json['K8sVersionDockerInfo'], texts),
    defaultVersions: mapOf(json['RKEDefaultK8sVersions'], textOf),
    versionInfo: mapOf(json['K8sVersionInfo'], versionInfo),
    templateChoice: templateChoice(json['K8sVersionedTemplates']),
  };
  const standard = data.defaultVersions['default'] ?? '';
  return data.systemImages[standard] === undefined
    ? { ok: false, why: `no system images for the default version "${standard}"` }
    : { ok: true, data };
}

/** Required to create a cluster; all other members may be missing. */
const required = [
  'K8sVersionRKESystemImages',
  'K8sVersionServiceOptions',
  'K8sVersionDockerInfo',
  'RKEDefaultK8sVersions',
];

/** Drops members for which `read` returns undefined. */
function mapOf<Value>(
  value: unknown,
  read: (member: unknown) => Value | undefined,
): Readonly<Record<string, Value>> {
  if (!isRecord(value)) return {};
  const members = Object.entries(value).flatMap(([key, member]): [string, Value][] => {
    const made = read(member);
    return made === undefined ? [] : [[key, made]];
  });
  return Object.fromEntries(members);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const textOrNull = (value: unknown): string | null => textOf(value) ?? null;
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** A component without flags is null in the metadata. */
function componentFlags(value: unknown): ComponentFlags {
  const members = isRecord(value) ? value : {};
  return Object.fromEntries(
    components.map((name) => [name, isRecord(members[name]) ? mapOf(members[name], textOf) : null]),
  );
}

function versionInfo(value: unknown): VersionInfo {
  const members = mapOf(value, textOf);
  return Object.fromEntries(
    ['minRKEVersion', 'maxRKEVersion', 'deprecateRKEVersion'].flatMap((key) => {
      const text = members[key] ?? '';
      return text === '' ? [] : [[key, text]];
    }),
  );
}

/** Drops `templateKeys`, which contains the templates themselves. */
function templateChoice(value: unknown): CatalogData['templateChoice'] {
  const choice = Object.entries(mapOf(value, (ranges) => mapOf(ranges, textOf)));
  return Object.fromEntries(choice.filter(([addon]) => addon !== 'templateKeys'));
}
