import { quoteForShell } from '../shell-quote.js';

/**
 * The fix for an invalid state file: a command that restores the previous version. It copies the current file first, which may
 * have the only copy of a key, and `-i` asks before it overwrites a file. Without a previous version, nothing is overwritten.
 *
 * @param location path of the state file
 */
export function restoreStateFix(location: string): string {
  const [file, kept, previous] = ['', '.replaced', '.bak'].map((suffix) => wordOf(location + suffix));
  return `restore the previous version with \`cp -pi ${file} ${kept} && cp -pi ${previous} ${file}\`; \`rke state list\` shows all versions and their faults`;
}

/** Most paths need no quotes, and are easier to read without. */
function wordOf(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : quoteForShell(path);
}
