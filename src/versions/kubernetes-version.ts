import semver from 'semver';

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
