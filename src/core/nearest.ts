/**
 * The candidate that a mistyped word probably meant.
 *
 * @returns undefined where none is near enough to be worth naming
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const normal = normalise(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(normal, normalise(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const isPrefix =
    normal.length >= 4 &&
    (normalise(best.candidate).startsWith(normal) || normal.startsWith(normalise(best.candidate)));
  return isPrefix || best.distance <= Math.max(1, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined;
}

/** `service-cluster-ip-range` and `serviceClusterIpRange` mean `service_cluster_ip_range`. */
function normalise(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** Levenshtein, with two rows. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
