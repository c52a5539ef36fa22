/**
 * True if a name matches a list of OpenSSH patterns (ssh_config(5), PATTERNS) with `*` and `?`; a matching pattern with `!`
 * overrides all others.
 */
export function nameMatches(patterns: readonly string[], name: string): boolean {
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), name));
  return !isExcluded && patterns.some((pattern) => fits(pattern, name));
}

/** True if a name matches one pattern; case does not matter. */
export function fits(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(name);
}
