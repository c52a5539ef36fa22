import type { HostTraces } from './addon-in-cluster.js';

const kinds = [
  'directories',
  'mounts',
  'cniFiles',
  'addresses',
  'bridges',
  'podLinks',
  'links',
  'chains',
  'comments',
  'ipsets',
  'routes',
] as const;

/** All that several add-ons leave on a host, each thing once. */
export function mergeTraces(all: readonly HostTraces[]): Required<HostTraces> {
  const merged = kinds.map((kind) => [kind, [...new Set(all.flatMap((traces) => traces[kind] ?? []))]]);
  return Object.fromEntries(merged) as Required<HostTraces>;
}
