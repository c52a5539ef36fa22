import type { Origin } from '../../cluster-plan-types.js';

export type {
  HelmHook,
  HookDeletion,
  HookMoment,
  Origin,
  PlacedObject,
  UserAddon,
} from '../../cluster-plan-types.js';

/** Names of the add-ons of `addons` and `addons_include` (RKE cluster/addons.go:24). */
export const inlineName = 'rke-user-addon';
export const includesName = 'rke-user-includes-addons';

/** `file:line` of an origin, for messages. */
export const placeOf = ({ file, line }: Origin): string => `${file}:${line}`;
