import { nearest } from '../../core/nearest.js';
import { kubernetesMinor, minorOf } from '../../versions/kubernetes-version.js';
import { isGatedImage } from '../../versions/selection.js';
import { missingImages } from './images.js';
import { reportKeptVersion, runningVersion } from './running/version-rules.js';
import { error, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** The Kubernetes version is in the catalogue, and the Kubernetes image has that version. */
export const versionRules: Rule = (input) => {
  const unknown = unknownVersion(input);
  if (unknown !== undefined) return [unknown];
  return [...checkImageVersion(input), ...checkPublicImages(input), ...reportKeptVersion(input)];
};

/** RKE accepts an unknown version if the file names every image (cluster/validation.go:471). */
function unknownVersion({ spec, catalog }: RuleInput): Finding | undefined {
  const { kubernetesVersion: version } = spec;
  const path = 'kubernetes_version';
  if (!version.startsWith('v'))
    return error('bad-version', path, `invalid version "${version}"; ${suggest(version)}`);
  if (!/^v\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
    return error('bad-version', path, `incomplete version "${version}"; ${suggest(version)}`);
  if (catalog.systemImages(version) === undefined && missingImages(spec).length > 0)
    return error(
      'unknown-version',
      path,
      `version "${version}" is not in the catalogue; ${suggest(version)}`,
    );
  const kubernetesImage = spec.systemImages['kubernetes'];
  if (catalog.serviceOptions(version, { kubernetesImage }) !== undefined) return undefined;
  // The tag of the image decides how it is started, the same as RKE.
  return catalog.serviceOptions(version) === undefined
    ? error(
        'unknown-version',
        path,
        `the catalogue has no start options for "${version}"; ${suggest(version)}`,
      )
    : error(
        'unknown-version',
        'system_images.kubernetes',
        `the catalogue has no start options for the Kubernetes of "${kubernetesImage ?? ''}"; use an image of the same minor version as kubernetes_version (${version})`,
      );

  function suggest(text: string): string {
    const minor = /^v?(\d+\.\d+)/.exec(text)?.[1];
    // Newest first: of equally near ones, the newest is suggested.
    const known = catalog.versions.filter((one) => catalog.serviceOptions(one) !== undefined).toReversed();
    const sameMinor = known.filter((one) => minor !== undefined && one.startsWith(`v${minor}.`));
    const near =
      nearest(
        text,
        sameMinor.filter((one) => one !== text),
      ) ?? sameMinor[0];
    const [newest] = known;
    // Swapped digits (v1.23 for v1.32) would lead back by years.
    if (minor !== undefined && newest !== undefined && isNewer(minor, kubernetesMinor(newest)))
      return `the newest version in the catalogue is ${newest} (set RANCHER_METADATA_URL to use a newer catalogue)`;
    return `did you mean "${near ?? nearest(text, known) ?? catalog.defaultVersion}"?`;
  }
}

/** True if `1.32`, or `2.0`, is newer than that minor of Kubernetes 1. */
function isNewer(text: string, newest: number): boolean {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return major > 1 || (major === 1 && minor > newest);
}

/**
 * An image of another minor version: RKE then starts its binaries with the flags of kubernetes_version. Files for an older RKE
 * that set only the image do this.
 */
function checkImageVersion(input: RuleInput): Finding[] {
  const { spec, config, allowImageMismatch } = input;
  const image = config.systemImages?.['kubernetes'] ?? '';
  const tag = /:(v\d+\.\d+[^/:]*)$/.exec(image)?.[1];
  const { kubernetesVersion: version } = spec;
  if (tag === undefined || minorOf(tag) === minorOf(version)) return [];
  const isWritten = (config.kubernetesVersion ?? '') !== '';
  const origin = runningVersion(input) === undefined ? 'the default' : 'the version of the running cluster';
  const message = isWritten
    ? `the image is Kubernetes ${tag}, but kubernetes_version is ${version}; set both to the same minor version`
    : `the image is Kubernetes ${tag}, but kubernetes_version is not set and ${version} is ${origin}; set it to the version of the image (\`rke config migrate --write\` does)`;
  const report = isWritten || allowImageMismatch ? warning : error;
  return [report('image-mismatch', 'system_images.kubernetes', message)];
}

/** Warns of a version whose default images are not public, unless other images or a default registry are set. */
function checkPublicImages({ spec, catalog }: RuleInput): Finding[] {
  const { kubernetesVersion: version } = spec;
  const gated = Object.values(spec.systemImages).find(isGatedImage);
  if (catalog.isPublic(version) || gated === undefined) return [];
  const instead = catalog.publicInstead(version);
  const remedy = 'mirror them to a private registry with is_default: true';
  return [
    warning(
      'gated-images',
      'kubernetes_version',
      `the images of ${version} (${gated}) are not public; ${instead === undefined ? remedy : `use ${instead}, or ${remedy}`}`,
    ),
  ];
}
