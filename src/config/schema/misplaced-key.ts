import { isNull, type YamlEntry } from '../../yaml/yaml-node.js';
import { bare, schemaTypes as z } from './field.js';

/** A key that the schema does not have at its place. */
export interface UnknownKey {
  readonly key: string;
  /** Path of the map that contains it; empty at the top level. */
  readonly parent: string;
  /** The entry before it in that map. */
  readonly before: YamlEntry | undefined;
  /** The keys of that map. */
  readonly shape: Shape;
  /** The keys at the top level. */
  readonly top: Shape;
}

type Shape = Readonly<Record<string, z.ZodType>>;

const serviceNames = ['etcd', 'kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy'];

/** Keys that RKE's documentation misspells. */
const misdocumented: Readonly<Record<string, string>> = {
  'ingress.ingress_priority_class_name': 'nginx_ingress_controller_priority_class_name',
};

/**
 * Finds the block that an unknown key belongs to, if that is evident. Most such keys are in a block with wrong indentation.
 *
 * @returns the text to add to "unknown key"; undefined if the key may be a typo
 */
export function describeMisplaced({ key, parent, before, shape, top }: UnknownKey): string | undefined {
  if (parent === '' && serviceNames.includes(key))
    return '; it belongs under "services" (check the indentation)';
  if (parent === '' && key === 'rancher_kubernetes_engine_config')
    return '; this is a Rancher cluster template: rke expects the keys below this one at the top level, and nodes';
  const meant = misdocumented[`${parent}.${key}`];
  if (meant !== undefined) return `; RKE's documentation misspells it, use "${meant}"`;
  if (before !== undefined && isNull(before.value) && keysBelow(shape, before.key).includes(key))
    return `; it belongs under "${before.key}" on line ${before.keyPosition.line} (check the indentation)`;
  return parent !== '' && isBlock(top, key)
    ? '; it belongs at the top level (check the indentation)'
    : undefined;
}

function keysBelow(shape: Shape, key: string): readonly string[] {
  const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
  const type = field === undefined ? undefined : bare(field);
  return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
}

/** True for a block of keys. Single settings such as `addons` resemble too many other keys. */
function isBlock(top: Shape, key: string): boolean {
  return key === 'nodes' || keysBelow(top, key).length > 0;
}
