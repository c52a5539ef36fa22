/**
 * What a template of RKE's makes different from the other templates of its add-on.
 *
 * @param revisions by key of the template in the version catalogue, oldest first
 * @returns that of the newest template for a key that is not in the table, which a newer catalogue may have
 */
export function revisionOf<T>(revisions: Readonly<Record<string, T>>, template: string | undefined): T {
  const found = template === undefined ? undefined : revisions[template];
  const newest = found ?? Object.values(revisions).at(-1);
  if (newest === undefined) throw new RangeError('expected at least one revision');
  return newest;
}
