/** The candidate that a mistyped word probably means; undefined if none is near enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return nearestOf(word, candidates)[0];
}

/**
 * `; did you mean "role"?`, to append to a message; every equally near candidate is named, since `fid` may be `uid` as well as
 * `gid`.
 *
 * @returns an empty string if none is near enough
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearestOf(word, candidates).map((candidate) => `"${candidate}"`);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** All equally near candidates, the one with the nearest spelling first. */
function nearestOf(word: string, candidates: readonly string[]): readonly string[] {
  if (word.length > longestWord) return [];
  const normal = normalise(word);
  let least = Infinity;
  let best: string[] = [];
  for (const [index, other] of allNormalised(candidates).entries()) {
    // A candidate that is farther than the nearest so far need not be compared to the end.
    const changes = nearness(normal, other, least);
    if (changes < least) best = [];
    if (changes <= least && changes !== Infinity) best.push(candidates[index] ?? other);
    least = Math.min(least, changes);
  }
  if (best.length < 2) return best;
  return best
    .map((candidate) => ({ candidate, changes: changesBetween(word, candidate, longestWord) }))
    .sort((a, b) => a.changes - b.changes)
    .map(({ candidate }) => candidate);
}

/** Longer words are not compared: they were hardly mistyped, and comparing them is slow. */
const longestWord = 200;

/** Even a long word that differs in more was hardly meant. */
const mostChanges = 5;

/** @returns the number of changes between two words; Infinity if one cannot mean the other, or for more than `most` */
function nearness(word: string, candidate: string, most: number): number {
  // `auth` may be short for `authentication` as well as for `authorization`, however long the rest is.
  if (word.length >= 4 && candidate.startsWith(word)) return Math.min(2, candidate.length - word.length);
  if (word.length >= 4 && word.startsWith(candidate)) return word.length - candidate.length;
  // `aadTenantId`, next to similar names, means `tenantId`.
  if (candidate.length >= 6 && word.endsWith(candidate)) return word.length - candidate.length;
  const tolerated = Math.min(most, mostChanges, Math.max(1, Math.floor(candidate.length / 3)));
  return changesBetween(word, candidate, tolerated);
}

/** `service-cluster-ip-range` and `serviceClusterIpRange` mean `service_cluster_ip_range`. */
function normalise(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

const normalised = new WeakMap<readonly string[], readonly string[]>();

/** The keys of a schema are compared with every unknown key of a file. */
function allNormalised(candidates: readonly string[]): readonly string[] {
  const known = normalised.get(candidates) ?? candidates.map(normalise);
  normalised.set(candidates, known);
  return known;
}

/**
 * Levenshtein distance in which two swapped letters are one change (optimal string alignment).
 *
 * @returns Infinity for more than `most`: a file may be full of unknown keys, and most candidates are soon found too far
 */
function changesBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      const changes = Math.min(replace, swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      current.push(changes);
      least = Math.min(least, changes);
    }
    // Even a swap does not lead out of two rows that are too far.
    if (least > most + 1) return Infinity;
    before = previous;
    previous = current;
  }
  const changes = previous[b.length] ?? 0;
  return changes > most ? Infinity : changes;
}
