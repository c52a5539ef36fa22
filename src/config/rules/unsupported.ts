import { imageKeyOf } from '../../versions/image-roles.js';
import { imageRolesOf, isAreaRunning } from '../addon-settings.js';
import { isMadeChoice, madeChoice } from '../addons/addon-definitions.js';
import { addonKinds } from '../addons/chosen-addons.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { resolveState } from '../resolve/resolve-state.js';
import { error, type Finding, type RuleInput } from './rule.js';
import { differences, type Difference } from './running/differences.js';

export interface SupportInput extends Pick<RuleInput, 'spec' | 'running' | 'catalog' | 'lineOf'> {
  /** Paths of keys that are set and not acted upon yet. */
  readonly pending: readonly string[];
}

/**
 * Keys and choices that RKE v1 has and this program does not act upon yet: refused, never ignored. A part with which the
 * cluster runs already needs no action, so it stays; the way out is then always what runs, never another choice.
 */
export function supportRules(input: SupportInput): Finding[] {
  const { spec, running, catalog } = input;
  const before = running === undefined ? undefined : resolveState(running, catalog);
  const change = before === undefined ? undefined : { before, differences: differences(before, spec) };
  const hasApi = spec.nodes.some(({ role }) => role.includes('controlplane'));
  return [
    ...pendingKeys(input, change),
    ...(change === undefined ? choices(input) : runningAddons(input, change)),
    ...(hasApi
      ? []
      : [error('missing-role', 'nodes', 'a cluster cannot be made without a controlplane node')]),
  ];
}

/** The cluster that runs, and what differs from it. */
interface Change {
  readonly before: ClusterSpec;
  readonly differences: readonly Difference[];
}

/** Kinds of add-ons that cluster.yml chooses by name. */
const areas = ['network', 'dns', 'ingress', 'monitoring'] as const;
type ChosenArea = (typeof areas)[number];

const choiceKey = (area: ChosenArea): string => `${area}.${addonKinds[area].key}`;

/** Of a new cluster. */
function choices({ spec }: SupportInput): Finding[] {
  return areas
    .map((area) => ({ area, choice: addonKinds[area].of(spec) }))
    .filter(({ area, choice }) => !isMadeChoice(area, choice))
    .map(({ area, choice }) => {
      const made = madeChoice(area, spec.kubernetesVersion);
      const remedy = `write ${area}: {${addonKinds[area].key}: ${made}}`;
      return error('not-supported', choiceKey(area), `not yet supported: ${choice}; ${remedy}`);
    });
}

function pendingKeys({ spec, pending }: SupportInput, change: Change | undefined): Finding[] {
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
          ? 'not yet supported: this key is known, but nothing is done with it yet'
          : 'a change of this key is not yet supported; take it back',
      ),
    );
}

/** Of a running cluster: each change that an add-on needs which cannot be made here. */
function runningAddons(
  { spec, running, lineOf }: SupportInput,
  { before, differences: changes }: Change,
): Finding[] {
  const stuck: { readonly name: string; readonly change: Difference }[] = [];
  const findings: Finding[] = [];
  for (const area of areas) {
    const name = addonKinds[area].of(spec);
    const current = addonKinds[area].of(before);
    if (isMadeChoice(area, name) || isAreaRunning(area, spec, running)) continue;
    if (name === current) {
      stuck.push(...causes(area, changes, lineOf).map((change) => ({ name, change })));
      continue;
    }
    // Refused whatever the plugin is (running/cluster-keys.ts).
    if (area === 'network') continue;
    const path = choiceKey(area);
    const what =
      lineOf(path) === undefined ? `is not set, which means ${name}` : `not yet supported: ${name}`;
    findings.push(
      error(
        'not-supported',
        path,
        `${what}; the cluster runs with ${current}: write ${area}: {provider: ${current}}`,
      ),
    );
  }
  return [...findings, ...byPath(stuck)];
}

function isImageOf(area: ChosenArea, key: string): boolean {
  return [...imageRolesOf(area)].some((role) => key === `system_images.${imageKeyOf(role)}`);
}

/** The changes that reach the add-on of an area; images that follow the version are the version's. */
function causes(
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

/** One finding for each change, with all the add-ons that are in its way. */
function byPath(stuck: readonly { readonly name: string; readonly change: Difference }[]): Finding[] {
  const changes = new Map(stuck.map(({ change }) => [change.path, change]));
  return [...changes.values()].map(({ path, before }) => {
    const names = stuck.filter(({ change }) => change.path === path).map(({ name }) => name);
    const all = [...new Set(names)].join(' and ');
    const value = typeof before === 'string' && before !== '' ? ` to ${before}` : '';
    return error(
      'not-supported',
      path,
      `this change updates ${all}, with which the cluster runs and which cannot be updated yet; set it back${value}`,
    );
  });
}
