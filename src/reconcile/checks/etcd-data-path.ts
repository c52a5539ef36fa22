import { posix } from 'node:path';
import type { NodePlan } from '../../plan/cluster-plan-types.js';
import { joinPrefix } from '../../plan/prefix-path.js';

/**
 * Where the host keeps, or would keep, the data of etcd: what `--data-dir` is on the host by the binds of the container
 * (`extra_args` and `extra_binds` may move it), else RKE's directory.
 */
export function etcdDataPath({
  containers,
  prefixPath,
}: Pick<NodePlan, 'containers' | 'prefixPath'>): string {
  const usual = joinPrefix(prefixPath, '/var/lib/etcd');
  const etcd = containers.find(({ name }) => name === 'etcd');
  const flag = [...(etcd?.entrypoint ?? []), ...(etcd?.cmd ?? [])].findLast((argument) =>
    argument.startsWith('--data-dir='),
  );
  if (flag === undefined) return usual;
  const inside = trimmed(flag.slice('--data-dir='.length));
  const [nearest] = (etcd?.binds ?? [])
    .map((bind) => {
      const [source = '', target = ''] = bind.split(':');
      return { source, target: trimmed(target) };
    })
    .filter(({ target }) => inside === target || inside.startsWith(`${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length);
  return nearest === undefined ? usual : posix.join(nearest.source, inside.slice(nearest.target.length));
}

const trimmed = (path: string): string => posix.normalize(path).replace(/(.)\/$/, '$1');
