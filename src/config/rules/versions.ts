import { nearest } from '../../core/nearest.js';
import { kubernetesMinor, minorOf } from '../../versions/kubernetes-version.js';
import { missingImages } from './images.js';
import { publicImageRules } from './public-images.js';
import { versionKept } from './running/version-rules.js';
import { error, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** The Kubernetes version is one that can be planned, and the image that runs is of it. */
export const versionRules: Rule = (input) => {
  const unknown = unknownVersion(input);
  if (unknown !== undefined) return [unknown];
  return [...imageMismatch(input), ...publicImageRules(input), ...versionKept(input)];
};

/** RKE takes a version that it does not know where the file names every image (cluster/validation.go:471). */
function unknownVersion({ spec, catalog }: RuleInput): Finding | undefined {
  const { kubernetesVersion: version } = spec;
  const path = 'kubernetes_version';
  if (!version.startsWith('v'))
    return error('bad-version', path, `"${version}" is not a version; ${meant(version)}`);
  if (!/^v\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
    return error('bad-version', path, `"${version}" is not a whole version; ${meant(version)}`);
  if (catalog.systemImages(version) === undefined && missingImages(spec).length > 0)
    return error('unknown-version', path, `"${version}" is not in the catalogue; ${meant(version)}`);
  const kubernetesImage = spec.systemImages['kubernetes'];
  if (catalog.serviceOptions(version, { kubernetesImage }) !== undefined) return undefined;
  // As in RKE, the tag of the image says how it is started.
  return catalog.serviceOptions(version) === undefined
    ? error('unknown-version', path, `nothing is known of how "${version}" is started; ${meant(version)}`)
    : error(
        'unknown-version',
        'system_images.kubernetes',
        `nothing is known of how the Kubernetes in "${kubernetesImage ?? ''}" is started; take an image of the minor version of kubernetes_version (${version})`,
      );

  function meant(text: string): string {
    const minor = /^v?(\d+\.\d+)/.exec(text)?.[1];
    // The newest first: of those that are equally near, it is the one to take.
    const known = catalog.versions.filter((one) => catalog.serviceOptions(one) !== undefined).toReversed();
    const sameMinor = known.filter((one) => minor !== undefined && one.startsWith(`v${minor}.`));
    const near =
      nearest(
        text,
        sameMinor.filter((one) => one !== text),
      ) ?? sameMinor[0];
    const [newest] = known;
    // A word of the same letters in another order (v1.23 for v1.32) would lead years back.
    if (minor !== undefined && newest !== undefined && isNewer(minor, kubernetesMinor(newest)))
      return `the newest known is ${newest} (RANCHER_METADATA_URL names a newer catalogue)`;
    return `did you mean "${near ?? nearest(text, known) ?? catalog.defaultVersion}"?`;
  }
}

/** Is `1.32`, or `2.0`, beyond that minor of Kubernetes 1? */
function isNewer(text: string, newest: number): boolean {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return major > 1 || (major === 1 && minor > newest);
}

/**
 * An old image under a version that nobody wrote: RKE then starts the old binaries as the default version wants them. Files
 * written for an older RKE without a version do this.
 */
function imageMismatch({ spec, config, allowImageMismatch }: RuleInput): Finding[] {
  const image = config.systemImages?.['kubernetes'] ?? '';
  const tag = /:(v\d+\.\d+[^/:]*)$/.exec(image)?.[1];
  const { kubernetesVersion: version } = spec;
  if (tag === undefined || minorOf(tag) === minorOf(version)) return [];
  const isWritten = (config.kubernetesVersion ?? '') !== '';
  const message = isWritten
    ? `it holds Kubernetes ${tag}, and kubernetes_version says ${version}`
    : `it holds Kubernetes ${tag}, but kubernetes_version is not set and so is ${version}; set it to the version of the image (rke config migrate writes it)`;
  const tell = isWritten || allowImageMismatch ? warning : error;
  return [tell('image-mismatch', 'system_images.kubernetes', message)];
}
