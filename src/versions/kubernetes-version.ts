import semver from 'semver';
import { InternalError } from '../core/errors.js';

/** `v1.30` for `v1.30.4-rancher1-1`; the text itself if it is not a version. */
export function minorOf(version: string): string {
  const parsed = semver.parse(version);
  return parsed === null ? version : `v${parsed.major}.${parsed.minor}`;
}

/** True if the version is at least `major.minor`. RKE's build suffix does not make it a prerelease. */
export function isAtLeast(version: string, minor: string): boolean {
  const parsed = semver.parse(version);
  return parsed !== null && semver.gte(`${parsed.major}.${parsed.minor}.${parsed.patch}`, `${minor}.0`);
}

/** True if the version, without RKE's build suffix, is in an npm semver range. */
export function isWithin(version: string, range: string): boolean {
  const parsed = semver.parse(version);
  return parsed !== null && semver.satisfies(`${parsed.major}.${parsed.minor}.${parsed.patch}`, range);
}

/** The same with RKE's build suffix, which makes the version a prerelease: `-rancher1-1` precedes the release. */
export function isBuildWithin(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

/**
 * Minor number of a Kubernetes version: 30 for `v1.30.4-rancher1-1`. RKE's ranges such as `>=1.22.0-rancher0`
 * (util/util.go:53) start at the first release of a minor, so the minor alone decides them.
 *
 * @throws InternalError if the text is not a Kubernetes 1.x version; callers pass versions of the catalogue
 */
export function kubernetesMinor(version: string): number {
  const minor = /^v?1\.(\d+)(\.|-|$)/.exec(version)?.[1];
  if (minor === undefined) throw new InternalError(`expected a Kubernetes 1.x version, got "${version}"`);
  return Number(minor);
}

/** Version in the tag of a Kubernetes image, without RKE's build suffix: `1.30.4` for `rancher/hyperkube:v1.30.4-rancher1`. */
export function imageVersion(image: string | undefined): string | undefined {
  return /:v?(1\.\d+\.\d+)[^:/]*$/.exec(image ?? '')?.[1];
}

/** Minor number in the tag of a Kubernetes image, or after a colon: 30 for `rancher/hyperkube:v1.30.4-rancher1`. */
export function imageMinor(image: string | undefined): number | undefined {
  const minor = imageVersion(image)?.split('.')[1];
  return minor === undefined ? undefined : Number(minor);
}
