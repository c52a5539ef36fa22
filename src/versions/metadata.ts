import { isRecord } from '../core/stable.js';
import { components, type CatalogData, type ComponentFlags, type VersionInfo } from './catalog-data.js';

/** The catalogue, or one sentence that says why there is none in what was read. */
export type MetadataReading =
  { readonly ok: true; readonly data: CatalogData } | { readonly ok: false; readonly why: string };

/**
 * Takes the catalogue out of RKE's data.json (types/kdm/kdm.go Data). What is not for RKE (Rancher, K3s, CIS) and the texts
 * of the templates are left behind.
 *
 * @param json the parsed file
 */
export function readMetadata(json: unknown): MetadataReading {
  if (!isRecord(json)) return { ok: false, why: 'it is not a JSON object' };
  const missing = needed.find((key) => !isRecord(json[key]) || Object.keys(json[key]).length === 0);
  if (missing !== undefined) return { ok: false, why: `it has no ${missing}` };
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
    ? { ok: false, why: `its default version "${standard}" has no system images` }
    : { ok: true, data };
}

/** Without these no cluster can be made; each of the others may be missing. */
const needed = [
  'K8sVersionRKESystemImages',
  'K8sVersionServiceOptions',
  'K8sVersionDockerInfo',
  'RKEDefaultK8sVersions',
];

/** Members that `read` makes nothing of (`undefined`) are left out. */
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

/** A component without flags of its own is null there. */
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

/** `templateKeys` holds the templates themselves. */
function templateChoice(value: unknown): CatalogData['templateChoice'] {
  const choice = Object.entries(mapOf(value, (ranges) => mapOf(ranges, textOf)));
  return Object.fromEntries(choice.filter(([addon]) => addon !== 'templateKeys'));
}
