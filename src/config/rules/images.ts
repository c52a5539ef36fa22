import { imageKeyOf } from '../../versions/image-roles.js';
import type { AddonKind } from '../addons/addon-definition.js';
import { findDefinition, neededImages } from '../addons/addon-definitions.js';
import { addonKinds } from '../addons/chosen-addons.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/** The cluster has an image for every role it needs, and the image names of the file are valid. */
export const imageRules: Rule = ({ spec, catalog, config }) => [
  // RKE does not check versions of its catalogue, and created what the image is for without one (cluster/validation.go:476); for
  // any other version, versionRules requires every image.
  ...(catalog.systemImages(spec.kubernetesVersion) === undefined
    ? []
    : missingImages(spec).map((finding) => ({ ...finding, acceptedByRke: true }))),
  ...Object.entries(config.systemImages ?? {}).flatMap(([role, image]) => checkImage(role, image ?? '')),
];

/** Roles without an image, in RKE's order (cluster/validation.go:471). */
export function missingImages(spec: ClusterSpec): Finding[] {
  return neededRoles(spec)
    .filter(({ role }) => (spec.systemImages[role] ?? '') === '')
    .map(({ role, use }) =>
      error(
        'missing-image',
        `system_images.${imageKeyOf(role)}`,
        `an image is required${use === undefined ? '' : ` for ${use}`}, and the catalogue has none for ${spec.kubernetesVersion}; set it`,
      ),
    );
}

/** Roles of the components, then of the chosen add-ons. */
function neededRoles(spec: ClusterSpec): { readonly role: string; readonly use?: string }[] {
  const ofComponents = [
    ...['etcd', 'kubernetes', 'podInfraContainer', 'alpine', 'nginxProxy', 'certDownloader'],
    'kubernetesServicesSidecar',
  ];
  return [
    ...ofComponents.map((role) => ({ role })),
    ...(Object.keys(addonKinds) as AddonKind[]).flatMap((kind) => {
      // RKE requires the image of the DNS cache if its block is set.
      const name =
        kind === 'nodelocal' && spec.dns.nodelocal !== undefined ? kind : addonKinds[kind].of(spec);
      const addon = findDefinition(kind, name);
      if (addon === undefined) return [];
      const isDefault = addon.isDefault?.(spec.kubernetesVersion) === true;
      const use = `${name}${isDefault ? ' (which RKE v1 deploys by default)' : ''}`;
      return neededImages(addon, spec.kubernetesVersion).map((role) => ({ role, use }));
    }),
  ];
}

const name = /^([a-zA-Z0-9.-]+(:\d+)?\/)?([a-z0-9]+([._-]+[a-z0-9]+)*\/)*[a-z0-9]+([._-]+[a-z0-9]+)*$/;
const tag = /^[\w][\w.-]{0,127}$/;

function checkImage(role: string, image: string): Finding[] {
  const path = `system_images.${imageKeyOf(role)}`;
  if (image === '') return [];
  const [reference = '', digest] = image.split('@');
  const tagged = /^(.*):([^:/]*)$/.exec(reference);
  const isValid =
    name.test(tagged?.[1] ?? reference) &&
    (tagged === null || tag.test(tagged[2] ?? '')) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest));
  if (!isValid) return [error('bad-image', path, `invalid image name "${image}"`)];
  return tagged === null && digest === undefined
    ? [warning('bad-image', path, `"${image}" has no tag, so "latest" is pulled; add a tag`)]
    : [];
}
