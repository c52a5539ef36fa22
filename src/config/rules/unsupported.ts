import { imageKeyOf } from '../../versions/image-roles.js';
import { isAtLeast, minorOf } from '../../versions/kubernetes-version.js';
import { imageRolesOf, isAreaRunning } from '../addon-settings.js';
import { addonChoices } from '../addons/addon-definitions.js';
import { addonKinds } from '../addons/chosen-addons.js';
import { oldestMinor } from '../addons/made-versions.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { resolveState } from '../resolve/resolve-state.js';
import { error, type Finding, type RuleInput } from './rule.js';
import { differences, type Difference } from './running/differences.js';
import { areas, isSupported, suggestVersion, type AtVersion, type ChosenArea } from './supported-addons.js';

export interface SupportInput extends Pick<RuleInput, 'spec' | 'running' | 'catalog' | 'lineOf'> {
  /** Paths of keys that are set and not yet supported. */
  readonly pending: readonly string[];
}

/**
 * Keys and add-ons of RKE v1 that are not yet supported: refused, never ignored. What a cluster already runs with needs no
 * action and stays; the advice is then always to keep what runs, never another choice.
 */
export function supportRules(input: SupportInput): Finding[] {
  const { spec, running, catalog } = input;
  const before = running === undefined ? undefined : resolveState(running, catalog);
  const change = before === undefined ? undefined : { before, differences: differences(before, spec) };
  return [
    ...refusePendingKeys(input, change),
    ...(change === undefined ? refuseChoices(input) : refuseAddonChanges(input, change)),
  ];
}

/** The running cluster, and the differences of the file from it. */
interface Change {
  readonly before: ClusterSpec;
  readonly differences: readonly Difference[];
}

const choiceKey = (area: ChosenArea): string => `${area}.${addonKinds[area].key}`;

/**
 * Refuses choices of a new cluster. Without its state file, a cluster of RKE v1 looks like a new one: the message must not
 * suggest another add-on than the running one.
 */
function refuseChoices({ spec, lineOf, catalog }: SupportInput): Finding[] {
  const { kubernetesVersion: version } = spec;
  // An invalid version is reported itself; its defaults and templates are unknown.
  if (!/^v\d+\.\d+\.\d/.test(version)) return [];
  const takeover = (what: string): string =>
    `to take over a cluster that runs ${what}, put its cluster.rkestate beside cluster.yml`;
  if (!isAtLeast(version, oldestMinor))
    return [
      error(
        'not-supported',
        'kubernetes_version',
        `${version} is not supported in a new cluster: add-ons are applied by server-side apply, which Kubernetes has since ${oldestMinor}; ` +
          `in a new cluster, use ${catalog.defaultVersion}; ${takeover('it')}`,
      ),
    ];
  return areas
    .map((area) => ({ area, choice: addonKinds[area].of(spec) }))
    .filter(({ area, choice }) => !isSupported(area, choice, { version, catalog }))
    .filter(({ area, choice }) => addonChoices(area).includes(choice))
    .map(({ area, choice }) => {
      const path = choiceKey(area);
      const isDefault = lineOf(path) === undefined;
      const problem = `${choice}${isDefault ? ' (default of RKE v1)' : ''} is not supported with Kubernetes ${version}`;
      const remedy = `in a new cluster, ${suggestVersion(area, choice, { version, catalog })}`;
      return {
        ...error('not-supported', path, `${problem}; ${remedy}; ${takeover(choice)}`),
        isDefault,
      };
    });
}

function refusePendingKeys({ spec, pending }: SupportInput, change: Change | undefined): Finding[] {
  const known = new Set(change?.before.nodes.map(({ address }) => address));
  const isNewNode = (path: string): boolean => {
    const node = spec.nodes[Number(/^nodes\[(\d+)\]/.exec(path)?.[1] ?? -1)];
    return node !== undefined && !known.has(node.address);
  };
  const isUnder = (path: string, key: string): boolean =>
    path === key || /^[.[]/.test(path.slice(key.length));
  return pending
    .filter(
      (key) =>
        change === undefined ||
        isNewNode(key) ||
        change.differences.some(({ path }) => path.startsWith(key) && isUnder(path, key)),
    )
    .map((key) =>
      error(
        'not-supported',
        key,
        change === undefined
          ? 'not yet supported in a new cluster'
          : 'changes of this key are not yet supported; undo the change',
      ),
    );
}

/** In a running cluster: each change that affects an add-on that is not yet supported. */
function refuseAddonChanges(
  { spec, running, lineOf, catalog }: SupportInput,
  { before, differences: changes }: Change,
): Finding[] {
  const affected: AffectedAddon[] = [];
  const findings: Finding[] = [];
  for (const area of areas) {
    const name = addonKinds[area].of(spec);
    const current = addonKinds[area].of(before);
    const { kubernetesVersion: version } = spec;
    if (isSupported(area, name, { version, catalog }) || isAreaRunning(area, spec, running)) continue;
    if (name === current) {
      affected.push(...changesOf(area, changes, lineOf).map((change) => ({ area, name, change })));
      continue;
    }
    // Any change of the plugin is refused (running/cluster-keys.ts).
    if (area === 'network') continue;
    const path = choiceKey(area);
    const isDefault = lineOf(path) === undefined;
    const why = isDefault
      ? `not set, so the default of RKE v1 (${name}) applies, which is not supported with Kubernetes ${version}`
      : `${name} is not supported with Kubernetes ${version}`;
    findings.push({
      ...error(
        'not-supported',
        path,
        `${why}; the cluster runs with ${current}: write ${area}: {provider: ${current}}`,
      ),
      isDefault,
    });
  }
  return [...findings, ...refuseByPath(affected, { version: spec.kubernetesVersion, catalog })];
}

interface AffectedAddon {
  readonly area: ChosenArea;
  readonly name: string;
  readonly change: Difference;
}

function isImageOf(area: ChosenArea, key: string): boolean {
  return [...imageRolesOf(area)].some((role) => key === `system_images.${imageKeyOf(role)}`);
}

/** The changes that affect the add-on of an area; images that follow the version belong to the version. */
function changesOf(
  area: ChosenArea,
  changes: readonly Difference[],
  lineOf: RuleInput['lineOf'],
): readonly Difference[] {
  const direct = changes.filter(
    ({ key, path }) =>
      key === 'kubernetes_version' ||
      key.startsWith(`${area}.`) ||
      (isImageOf(area, key) && lineOf(path) !== undefined),
  );
  return direct.length > 0 ? direct : changes.filter(({ key }) => isImageOf(area, key)).slice(0, 1);
}

/** One finding for each change, with all add-ons that it affects. */
function refuseByPath(affected: readonly AffectedAddon[], { version, catalog }: AtVersion): Finding[] {
  const changes = new Map(affected.map(({ change }) => [change.path, change]));
  return [...changes.values()].map(({ path, before }) => {
    const updated = affected.filter(({ change }) => change.path === path);
    const all = [...new Set(updated.map(({ name }) => name))].join(' and ');
    const value = typeof before === 'string' && before !== '' ? ` to ${before}` : '';
    const sibling = catalog.versions.findLast(
      (one) =>
        minorOf(one) === minorOf(version) &&
        updated.every(({ area, name }) => isSupported(area, name, { version: one, catalog })),
    );
    const other = path === 'kubernetes_version' && sibling !== undefined ? `, or use ${sibling}` : '';
    return error(
      'not-supported',
      path,
      `this change updates ${all} in the running cluster, which is not supported with Kubernetes ${version}; set it back${value}${other}`,
    );
  });
}
