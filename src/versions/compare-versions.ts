/**
 * Orders versions by their parts: numbers as numbers, so that `v1.9` stands before `v1.10` and `rancher1-10` after
 * `rancher1-2`. This is how RKE finds the newest of a minor (metadata/metadata.go:146, go-version), while ranges are matched
 * as semver.
 *
 * @returns negative, 0 or positive, for sorting
 */
export function compareVersions(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = comparePart(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(version: string): string[] {
  return version.replace(/^v/, '').match(/\d+|[a-z]+/gi) ?? [];
}

/** A number stands above its absence, a word (`rc`, `alpha`) below it. */
function comparePart(a: string | undefined, b: string | undefined): number {
  const kinds = kindOf(a) - kindOf(b);
  if (kinds !== 0 || a === undefined || b === undefined) return kinds;
  if (kindOf(a) === 2) return Number(a) - Number(b);
  return a === b ? 0 : a < b ? -1 : 1;
}

function kindOf(part: string | undefined): number {
  if (part === undefined) return 1;
  return /^\d/.test(part) ? 2 : 0;
}
