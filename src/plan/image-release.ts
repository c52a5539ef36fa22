/**
 * Is etcd's image newer than a release, by its tag? RKE's bounds are of the form `v3.4.3-rancher99`, above which the
 * plain `v3.4.3` counts as newer and a `v3.4.3-rancher1` does not (cluster/plan.go:1017-1198). A tag that is no version is
 * taken for a new one; RKE crashes on it.
 *
 * @param release three numbers with dots
 */
export function isEtcdAfter(image: string, release: string): boolean {
  const tag = /:v?(\d+)\.(\d+)\.(\d+)(-.*)?$/.exec(image);
  if (tag === null) return true;
  const distance = release
    .split('.')
    .map((bound, index) => Number(tag[index + 1]) - Number(bound))
    .find((difference) => difference !== 0);
  return distance === undefined ? tag[4] === undefined : distance > 0;
}
