import { isAtLeast } from '../../versions/kubernetes-version.js';
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
        `system_images.${snakeCase(role)}`,
        `an image is needed, and the catalogue has none for ${spec.kubernetesVersion}`,
      ),
    );
}

/** Roles by what is chosen; canal's second plugin is asked for under flannel's name, as in RKE. */
function neededRoles(spec: ClusterSpec): string[] {
  const { network, dns, monitoring, ingress, kubernetesVersion } = spec;
  const networkRoles: Readonly<Record<string, readonly string[]>> = {
    flannel: ['flannel', 'flannelCni'],
    canal: ['canalNode', 'canalCni', 'canalFlannel'],
    calico: ['calicoCni', 'calicoCtl', 'calicoNode', 'calicoControllers'],
    // Later it is refused as a whole (network rules).
    weave: isAtLeast(kubernetesVersion, '1.30') ? [] : ['weaveCni', 'weaveNode'],
    aci: [
      ...['aciCniDeployContainer', 'aciHostContainer', 'aciOpflexContainer', 'aciMcastContainer'],
      ...['aciOvsContainer', 'aciControllerContainer'],
    ],
  };
  const dnsRoles: Readonly<Record<string, readonly string[]>> = {
    'kube-dns': ['kubedns', 'dnsmasq', 'kubednsSidecar', 'kubednsAutoscaler'],
    coredns: ['coredns', 'corednsAutoscaler'],
  };
  return [
    ...['etcd', 'kubernetes', 'podInfraContainer', 'alpine', 'nginxProxy', 'certDownloader'],
    'kubernetesServicesSidecar',
    ...(networkRoles[network.plugin] ?? []),
    ...(dnsRoles[dns.provider] ?? []),
    ...(dns.nodelocal === undefined ? [] : ['nodelocal']),
    ...(monitoring.provider === 'metrics-server' ? ['metricsServer'] : []),
    ...(ingress.provider === 'nginx' ? ['ingress', 'ingressBackend'] : []),
    ...(ingress.provider === 'nginx' && isAtLeast(kubernetesVersion, '1.21') ? ['ingressWebhook'] : []),
  ];
}

const name = /^([a-zA-Z0-9.-]+(:\d+)?\/)?([a-z0-9]+([._-]+[a-z0-9]+)*\/)*[a-z0-9]+([._-]+[a-z0-9]+)*$/;
const tag = /^[\w][\w.-]{0,127}$/;

function imageFindings(role: string, image: string): Finding[] {
  const path = `system_images.${snakeCase(role)}`;
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

function snakeCase(role: string): string {
  const own: Readonly<Record<string, string>> = {
    calicoFlexVol: 'calico_flexvol',
    canalFlexVol: 'canal_flexvol',
  };
  return own[role] ?? role.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
