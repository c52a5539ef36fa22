import type { Finding } from './rule.js';

/**
 * Settles findings about what RKE v1 accepted. A cluster that RKE runs must still be taken over, so what it runs with already
 * stays a warning, and so does everything where the file is only read.
 *
 * @param isRefused the file is judged as `rke up` judges it
 * @param findRunning what the same rules find in the cluster as the last finished run left it; called if it is needed
 */
export function settleRefusals(
  findings: readonly Finding[],
  { isRefused, findRunning }: { readonly isRefused: boolean; readonly findRunning: () => readonly Finding[] },
): Finding[] {
  let known: ReadonlySet<string> | undefined;
  const isRunning = (finding: Finding): boolean => {
    known ??= new Set(findRunning().map(identity));
    return known.has(identity(finding));
  };
  return findings.map((finding) => {
    if (finding.acceptedByRke !== true) return finding;
    const { code, path, message } = finding;
    return { severity: isRefused && !isRunning(finding) ? 'error' : 'warning', code, path, message };
  });
}

/** The same mistake in another file: entries of a list may have moved, and with them the lines that a message names. */
function identity({ code, path, message, about }: Finding): string {
  if (about !== undefined) return JSON.stringify([code, about]);
  const anywhere = (text: string): string =>
    text.replaceAll(/\[\d+\]/g, '[]').replaceAll(/ \(line \d+\)/g, '');
  return JSON.stringify([code, anywhere(path), anywhere(message)]);
}
