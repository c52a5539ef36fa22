import type { Fields } from '../../core/fields.js';

export type EnvVar = Fields & { readonly name: string };

/** A field of the pod. */
export function fieldEnv(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** A key of a ConfigMap. */
export function configEnv(name: string, configName: string, key: string): EnvVar {
  return { name, valueFrom: { configMapKeyRef: { name: configName, key } } };
}

/** Plain values by name. */
export function valueEnv(values: Readonly<Record<string, string>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
