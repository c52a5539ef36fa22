/**
 * Is a name one of a list of OpenSSH patterns (ssh_config(5), PATTERNS): `*` and `?` stand for anything, and one with `!`
 * that fits outweighs all others.
 */
export function nameMatches(patterns: readonly string[], name: string): boolean {
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), name));
  return !isExcluded && patterns.some((pattern) => fits(pattern, name));
}

/** Is a name as one pattern has it; upper and lower case are the same. */
export function fits(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(name);
}
