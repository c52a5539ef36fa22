import type { Diagnostic } from '../../core/diagnostic.js';
import { planAddons } from '../../plan/addons/plan-addons.js';
import { assembleAddons } from '../../plan/addons/user/assemble-addons.js';
import { placeOf, type UserAddon } from '../../plan/addons/user/user-addon.js';
import type { FileOptions } from '../cluster-options.js';
import { invalidCluster } from '../cluster-source.js';
import type { Session } from '../session.js';
import { readUserAddons, type ReadAddons } from './read-user-addons.js';

/** What the user add-ons of a cluster are made of. */
export type AddonSources = Pick<Session, 'spec' | 'catalog' | 'source'>;

/**
 * Reads and checks the user add-ons of a cluster, before anything is contacted or changed. Warnings are emitted.
 *
 * @throws ConfigError (exit 3) with everything that cannot be read or applied
 */
export async function loadUserAddons(
  sources: AddonSources,
  options: Pick<FileOptions, 'configPath' | 'events' | 'signal' | 'helm'>,
): Promise<readonly UserAddon[]> {
  const { addons, diagnostics } = await checkUserAddons(sources, {
    ...options,
    helm: options.helm ?? {},
    fetchesUrls: true,
  });
  if (diagnostics.some(({ severity }) => severity === 'error'))
    throw invalidCluster(sources.source, diagnostics);
  for (const one of diagnostics) options.events.emit({ type: 'warning', message: describeWarning(one) });
  return addons;
}

/** The user add-ons with everything that is wrong with them, among themselves and with the add-ons of rke. */
export async function checkUserAddons(
  { spec, catalog, source }: AddonSources,
  options: Pick<FileOptions, 'configPath' | 'signal' | 'helm'> & { readonly fetchesUrls: boolean },
): Promise<ReadAddons> {
  const { addons, diagnostics } = await readUserAddons(spec, source, options);
  const assembled = assembleAddons(addons, planAddons(spec, catalog));
  return { addons, diagnostics: [...diagnostics, ...assembled.diagnostics] };
}

function describeWarning({ path, file, position, message }: Diagnostic): string {
  const place = file === undefined || position === undefined ? '' : ` (${placeOf({ file, ...position })})`;
  return `${path}: ${message}${place}`;
}
