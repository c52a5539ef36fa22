import semver from 'semver';
import { InternalError } from '../core/errors.js';

/** `v1.30` of `v1.30.4-rancher1-1`; the text itself where it is no version. */
export function minorOf(version: string): string {
  const parsed = semver.parse(version);
  return parsed === null ? version : `v${parsed.major}.${parsed.minor}`;
}

/** Is a version at least `major.minor`. RKE's build counts as a release, not as something before it. */
export function isAtLeast(version: string, minor: string): boolean {
  const parsed = semver.parse(version);
  return parsed !== null && semver.gte(`${parsed.major}.${parsed.minor}.${parsed.patch}`, `${minor}.0`);
}

/** Is a version, without RKE's build, within a range of npm's form. */
export function isWithin(version: string, range: string): boolean {
  const parsed = semver.parse(version);
  return parsed !== null && semver.satisfies(`${parsed.major}.${parsed.minor}.${parsed.patch}`, range);
}

/** The same with RKE's build as part of the version: `-rancher1-1` is before the release itself. */
export function isBuildWithin(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

/**
 * Minor number of a Kubernetes version: 30 for `v1.30.4-rancher1-1`. RKE's ranges such as `>=1.22.0-rancher0`
 * (util/util.go:53) begin at a minor's first release, so the minor alone decides them.
 *
 * @throws InternalError where the text is no version of Kubernetes 1: the catalogue was asked before
 */
export function kubernetesMinor(version: string): number {
  const minor = /^v?1\.(\d+)(\.|-|$)/.exec(version)?.[1];
  if (minor === undefined) throw new InternalError(`"${version}" is not a version of Kubernetes 1`);
  return Number(minor);
}
