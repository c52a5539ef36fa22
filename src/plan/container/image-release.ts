/**
 * True if the tag of an image is the given release or a later one. A suffix counts as before the release, so `v3.4.3-rancher1`
 * is before `3.4.3`: RKE's bounds have the form `v3.4.3-rancher99`, or no suffix (cluster/plan.go:50-63). A tag that is not a
 * version counts as later; RKE crashes on it in most places.
 *
 * @param image with or without a registry and a digest
 * @param release three numbers with dots
 */
export function isImageAtLeast(image: string, release: string): boolean {
  const [name = ''] = image.split('@');
  const tag = /:v?(\d+)\.(\d+)\.(\d+)(-.*)?$/.exec(name);
  if (tag === null) return true;
  const distance = release
    .split('.')
    .map((bound, index) => Number(tag[index + 1]) - Number(bound))
    .find((difference) => difference !== 0);
  return distance === undefined ? tag[4] === undefined : distance > 0;
}
