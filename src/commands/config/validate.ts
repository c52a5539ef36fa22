import type { Diagnostic } from '../../core/diagnostic.js';
import type { FileOptions } from '../../run/cluster-options.js';
import type { ClusterSource } from '../../run/cluster-source.js';
import { checkUserAddons, type AddonSources } from '../../run/addons/load-user-addons.js';
import { clusterPaths } from '../../state/paths.js';
import { checkFile } from './check-file.js';
import { findStateRefusals } from './state-refusals.js';

export interface ValidateOptions extends FileOptions {
  /** Reports warnings as errors. */
  readonly strict?: boolean;
}

export interface ValidatedFile {
  readonly source: ClusterSource;
  /** All errors; if there is none, all warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * `rke config validate`: lists every error of a cluster file, and every change that the running cluster of the state file beside
 * it cannot take, and every error in the files of user add-ons and charts. These are all errors for which `rke up` stops before it
 * contacts a host, except those that only URLs and chart repositories can show. What it would refuse because of the state alone
 * is a warning: the file is valid.
 *
 * @throws RkeError (exit 2) if the file cannot be read, (exit 4) if the state cannot be used
 */
export async function validateConfigFile({
  strict = false,
  ...options
}: ValidateOptions): Promise<ValidatedFile> {
  const lost = 'changes to the running cluster were not checked';
  const { source, checked, catalog, state } = await checkFile(options, { forChange: true, lost });
  const found = checked.ok
    ? [
        ...checked.warnings,
        ...(await findAddonFaults({ spec: checked.value, catalog, source }, options)),
        ...findStateRefusals(checked.value, state, clusterPaths(options.configPath).state),
      ]
    : checked.diagnostics;
  return {
    source,
    diagnostics: strict ? found.map((one) => ({ ...one, severity: 'error' as const })) : found,
  };
}

/**
 * What is wrong with the user add-ons, as far as this machine has them: URLs are not fetched, no chart repository is asked, and helm
 * renders the charts of `path` only.
 */
async function findAddonFaults(
  sources: AddonSources,
  { configPath, signal, helm = {} }: FileOptions,
): Promise<readonly Diagnostic[]> {
  const releases = sources.spec.addonsHelm ?? [];
  const isLocal = ({ path = '' }: (typeof releases)[number]): boolean => path !== '';
  const { diagnostics } = await checkUserAddons(sources, {
    ...{ configPath, signal, fetchesUrls: false },
    ...(releases.some(isLocal) ? { helm } : {}),
  });
  const unread = new Set(
    [...releases.entries()].flatMap(([index, one]) => (isLocal(one) ? [] : [`addons_helm[${index}]`])),
  );
  const isUnread = ({ severity, code, path }: Diagnostic): boolean =>
    severity === 'warning' && (code === 'not-readable' || (code === 'helm-failed' && unread.has(path)));
  return diagnostics.filter((one) => !isUnread(one));
}
