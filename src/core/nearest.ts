/**
 * The candidate that a mistyped word probably meant.
 *
 * @returns undefined where none is near enough to be worth naming
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return nearestOf(word, candidates)[0];
}

/**
 * `; did you mean "role"?`, to stand behind what is wrong; every candidate that is as near as the nearest is named, because
 * `fid` may be `uid` as well as `gid`.
 *
 * @returns an empty text where none is near enough to be worth naming
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearestOf(word, candidates).map((candidate) => `"${candidate}"`);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** All candidates that are equally near; the one whose spelling is nearest first. */
function nearestOf(word: string, candidates: readonly string[]): readonly string[] {
  if (word.length > longestWord) return [];
  const normal = normalise(word);
  let least = Infinity;
  let best: string[] = [];
  for (const [index, other] of allNormalised(candidates).entries()) {
    // What is farther than the nearest so far need not be compared to the end.
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

/** What is longer was not mistyped, and comparing it takes its time. */
const longestWord = 200;

/** Also of long words, one that differs in more was hardly meant. */
const mostChanges = 5;

/** @returns how many changes lie between two words; Infinity where one is not meant by the other, or for more than `most` */
function nearness(word: string, candidate: string, most: number): number {
  // `auth` may be short for `authentication` as well as for `authorization`, however long the rest is.
  if (word.length >= 4 && candidate.startsWith(word)) return Math.min(2, candidate.length - word.length);
  if (word.length >= 4 && word.startsWith(candidate)) return word.length - candidate.length;
  // `aadTenantId`, between its like, means `tenantId`.
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
 * Levenshtein, where two letters in the wrong order are one mistake (optimal string alignment).
 *
 * @returns Infinity for more than `most`: a file may be full of unknown keys, and most candidates are soon seen to be far away
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
