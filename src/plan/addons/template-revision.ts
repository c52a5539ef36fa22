/**
 * What a template of RKE's makes different from the other templates of its add-on.
 *
 * @param revisions by key of the template in the version catalogue
 * @throws for a template that is not made here, of which nothing is planned (plan-addons.ts)
 */
export function revisionOf<T>(revisions: Readonly<Record<string, T>>, template: string | undefined): T {
  const found = template === undefined ? undefined : revisions[template];
  if (found === undefined) throw new RangeError(`expected a known template, got ${template ?? 'none'}`);
  return found;
}
