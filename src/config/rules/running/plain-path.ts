/** A path without doubled and trailing slashes. */
export function plainPath(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}
