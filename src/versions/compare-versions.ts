/**
 * Compares versions part by part, numbers numerically: `v1.9` precedes `v1.10`, and `rancher1-2` precedes `rancher1-10`. RKE
 * finds the newest version of a minor this way (metadata/metadata.go:146, go-version), but matches ranges as semver.
 *
 * @returns a negative number, 0 or a positive number, for sorting
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

/** A number follows an absent part, a word (`rc`, `alpha`) precedes it. */
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
