import { isNull, type YamlEntry } from '../../yaml/yaml-node.js';
import { bare, schemaTypes as z } from './field.js';

/** A key that is not known where it stands. */
export interface UnknownKey {
  readonly key: string;
  /** Path of the map that it stands in; empty at the top. */
  readonly parent: string;
  /** What stands before it in that map. */
  readonly before: YamlEntry | undefined;
  /** The keys that are known there, and those that are at the top. */
  readonly shape: Shape;
  readonly top: Shape;
}

type Shape = Readonly<Record<string, z.ZodType>>;

const serviceNames = ['etcd', 'kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy'];

/** What the documents of RKE call otherwise than RKE did. */
const misnamed: Readonly<Record<string, string>> = {
  'ingress.ingress_priority_class_name': 'nginx_ingress_controller_priority_class_name',
};

/**
 * Where a key that is not known has its place, if that is plain to see: most are there because a block lost its indentation
 * or got too much of it.
 *
 * @returns what stands behind "unknown key"; undefined where it may as well be a typo
 */
export function misplaced({ key, parent, before, shape, top }: UnknownKey): string | undefined {
  if (parent === '' && serviceNames.includes(key))
    return '; it belongs under services: (is its indentation lost?)';
  if (parent === '' && key === 'rancher_kubernetes_engine_config')
    return '; this is a file of Rancher: what stands under it, with nodes, would be the file of a cluster';
  const meant = misnamed[`${parent}.${key}`];
  if (meant !== undefined) return `; the documents of RKE name it so, but the key is "${meant}"`;
  if (before !== undefined && isNull(before.value) && keysBelow(shape, before.key).includes(key))
    return `; it belongs under ${before.key}: of line ${before.keyPosition.line} (is its indentation lost?)`;
  return parent !== '' && isBlock(top, key)
    ? '; it belongs at the top of the file (is it indented too far?)'
    : undefined;
}

function keysBelow(shape: Shape, key: string): readonly string[] {
  const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
  const type = field === undefined ? undefined : bare(field);
  return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
}

/** Single settings such as `addons` are too much like keys of other things. */
function isBlock(top: Shape, key: string): boolean {
  return key === 'nodes' || keysBelow(top, key).length > 0;
}
