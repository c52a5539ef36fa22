/**
 * JSON as Go's encoding/json writes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped. Containers of RKE v1 have digests of such
 * texts, so an unescaped character would recreate them.
 *
 * @param indent spaces of each level; without it all is on one line
 */
export function goJson(value: unknown, indent?: number): string {
  // Outside of strings none of the five occurs in JSON.
  return JSON.stringify(value, null, indent).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
