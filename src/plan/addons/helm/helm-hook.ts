import { recordAt, textAt } from '../../../core/fields.js';
import type { HelmHook, HookMoment, PlacedObject } from '../user/user-addon.js';

export const hookMoments = [
  'pre-install',
  'post-install',
  'pre-upgrade',
  'post-upgrade',
] as const satisfies readonly HookMoment[];

const hookAnnotation = 'helm.sh/hook';
/** Tests are for `helm test`, which nobody has asked for here. */
const testMoments = ['test', 'test-success', 'test-failure'];

/** What an object of a rendered chart is. */
export type ChartObject =
  | { readonly kind: 'part' }
  | { readonly kind: 'test' }
  /** `ignored`: moments that rke does not have, e.g. pre-delete. */
  | { readonly kind: 'hook'; readonly hook: HelmHook; readonly ignored: readonly string[] };

/** Reads the annotations of hooks (helm pkg/release/util/manifest_sorter.go). */
export function readHook(placed: PlacedObject): ChartObject {
  const annotations = recordAt(recordAt(placed.object, 'metadata'), 'annotations');
  const given = listOf(textAt(annotations, hookAnnotation));
  if (given.length === 0) return { kind: 'part' };
  if (given.every((one) => testMoments.includes(one))) return { kind: 'test' };
  const moments = hookMoments.filter((moment) => given.includes(moment));
  const deletion = (['before-hook-creation', 'hook-succeeded', 'hook-failed'] as const).filter((policy) =>
    listOf(textAt(annotations, 'helm.sh/hook-delete-policy')).includes(policy),
  );
  return {
    kind: 'hook',
    hook: {
      ...placed,
      moments,
      weight: Number.parseInt(textAt(annotations, 'helm.sh/hook-weight'), 10) || 0,
      // Helm's default, so that a hook of an earlier run is not in the way.
      deletion: deletion.length === 0 ? ['before-hook-creation'] : deletion,
    },
    ignored: given.filter((one) => !testMoments.includes(one) && !moments.some((moment) => moment === one)),
  };
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** The hooks of a moment, in the order in which helm runs them: by weight, kind and name. */
export function hooksOf(hooks: readonly HelmHook[], moment: HookMoment): HelmHook[] {
  return hooks
    .filter(({ moments }) => moments.includes(moment))
    .sort((a, b) => a.weight - b.weight || rankOf(a) - rankOf(b) || compareNames(a, b));
}

/** What a Job of the same weight needs comes before it. */
const rankOf = ({ object: { kind } }: HelmHook): number => (kind === 'Job' || kind === 'Pod' ? 1 : 0);

function compareNames({ object: a }: HelmHook, { object: b }: HelmHook): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
