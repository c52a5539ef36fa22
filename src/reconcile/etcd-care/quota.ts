import type { ContainerSpec } from '../../plan/cluster-plan-types.js';

/** The limit of etcd's database without a setting: 2 GiB (etcd server/storage/quota.go DefaultQuotaBytes). */
const defaultQuota = 2 * 1024 ** 3;

/** The limit of a member's database, by its arguments and environment. */
export function readQuota({ cmd, env }: Pick<ContainerSpec, 'cmd' | 'env'>): number {
  const find = (words: readonly string[], start: string): string | undefined =>
    words.findLast((word) => word.startsWith(start))?.slice(start.length);
  const text = find(cmd, '--quota-backend-bytes=') ?? find(env, 'ETCD_QUOTA_BACKEND_BYTES=');
  const bytes = Number(text);
  return bytes > 0 ? bytes : defaultQuota;
}
