/** True if the image has a tag, the same as RKE: the port of a registry counts. */
export const hasTag = (image: string): boolean => image.includes(':');

/**
 * The version of the controller in the tag of its image, as RKE finds it (cluster/addons.go:618): the second word of
 * `nginx-1.11.2-rancher1`, the first of `0.21.0-rancher3`.
 *
 * @returns undefined if the image has no tag, or a tag of one word, on which RKE crashes
 */
export function controllerVersion(image: string): string | undefined {
  if (!hasTag(image)) return undefined;
  const words = (image.split(':').at(-1) ?? '').split('-');
  return words.length === 2 ? words[0] : words[1];
}
