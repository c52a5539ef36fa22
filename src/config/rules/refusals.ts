import type { Finding } from './rule.js';

/**
 * Decides the severity of findings about values that RKE v1 accepted. A cluster that RKE created must still be taken over, so
 * a value that it already runs with is a warning, and so is every value if the file is only read.
 *
 * @param isRefused the file is judged as `rke up` judges it
 * @param findRunning the findings of the same rules in the cluster as the last finished run left it; called only if needed
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
    const { code, path, message, isDefault = false } = finding;
    return {
      severity: isRefused && !isRunning(finding) ? 'error' : 'warning',
      code,
      path,
      message,
      isDefault,
    };
  });
}

/** Equal for the same mistake in two files, without list indexes and line numbers: entries of a list may have moved. */
function identity({ code, path, message, about }: Finding): string {
  if (about !== undefined) return JSON.stringify([code, about]);
  const withoutPlaces = (text: string): string =>
    text.replaceAll(/\[\d+\]/g, '[]').replaceAll(/ \(line \d+\)/g, '');
  return JSON.stringify([code, withoutPlaces(path), withoutPlaces(message)]);
}
