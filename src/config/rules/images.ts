import { imageKeyOf } from '../../versions/image-roles.js';
import type { AddonKind } from '../addons/addon-definition.js';
import { findDefinition, neededImages } from '../addons/addon-definitions.js';
import { addonKinds } from '../addons/chosen-addons.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/** Every image that the cluster needs is there, and those of the file can be read. */
export const imageRules: Rule = ({ spec, catalog, config }) => [
  // RKE takes a version of its catalogue as it is; of any other, the rule on versions asks for every image.
  ...(catalog.systemImages(spec.kubernetesVersion) === undefined ? [] : missingImages(spec).map(asWarning)),
  ...Object.entries(config.systemImages ?? {}).flatMap(([role, image]) => imageFindings(role, image ?? '')),
];

/** The cluster runs without the image, its add-on does not. */
function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}

/** Roles without an image, in the order in which RKE asks for them (cluster/validation.go:471). */
export function missingImages(spec: ClusterSpec): Finding[] {
  return neededRoles(spec)
    .filter((role) => (spec.systemImages[role] ?? '') === '')
    .map((role) =>
      error(
        'missing-image',
        `system_images.${imageKeyOf(role)}`,
        `an image is needed, and the catalogue has none for ${spec.kubernetesVersion}`,
      ),
    );
}

/** Of the components, then of the add-ons that are chosen. */
function neededRoles(spec: ClusterSpec): string[] {
  return [
    ...['etcd', 'kubernetes', 'podInfraContainer', 'alpine', 'nginxProxy', 'certDownloader'],
    'kubernetesServicesSidecar',
    ...(Object.keys(addonKinds) as AddonKind[]).flatMap((kind) => {
      // RKE asks for the image of the cache as soon as its block is there.
      const name =
        kind === 'nodelocal' && spec.dns.nodelocal !== undefined ? kind : addonKinds[kind].of(spec);
      const addon = findDefinition(kind, name);
      return addon === undefined ? [] : neededImages(addon, spec.kubernetesVersion);
    }),
  ];
}

const name = /^([a-zA-Z0-9.-]+(:\d+)?\/)?([a-z0-9]+([._-]+[a-z0-9]+)*\/)*[a-z0-9]+([._-]+[a-z0-9]+)*$/;
const tag = /^[\w][\w.-]{0,127}$/;

function imageFindings(role: string, image: string): Finding[] {
  const path = `system_images.${imageKeyOf(role)}`;
  if (image === '') return [];
  const [reference = '', digest] = image.split('@');
  const tagged = /^(.*):([^:/]*)$/.exec(reference);
  const isReadable =
    name.test(tagged?.[1] ?? reference) &&
    (tagged === null || tag.test(tagged[2] ?? '')) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest));
  if (!isReadable) return [error('bad-image', path, `"${image}" is not the name of an image`)];
  return tagged === null && digest === undefined
    ? [warning('bad-image', path, `"${image}" has no tag: whatever is "latest" that day will run`)]
    : [];
}
