import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { recordAt, type Fields } from '../../../src/core/fields.js';
import { describeRef, objectRef } from '../../../src/plan/addons/object-ref.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import type { KubeObject } from '../../../src/plan/cluster-plan-types.js';
import { catalog } from './sample-spec.js';

export function objectsOf(spec: ClusterSpec): KubeObject[] {
  return planAddons(spec, catalog).flatMap(({ objects }) => objects);
}

/** @param ref as `describeRef` says it */
export function objectIn(spec: ClusterSpec, ref: string): KubeObject {
  const found = objectsOf(spec).find((object) => describeRef(objectRef(object)) === ref);
  if (found === undefined) throw new Error(`no ${ref}`);
  return found;
}

export function podSpec(object: KubeObject): Fields {
  return recordAt(recordAt(recordAt(object, 'spec'), 'template'), 'spec');
}
