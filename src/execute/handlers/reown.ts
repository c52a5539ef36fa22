import { quoteForShell } from '../../core/shell-quote.js';
import type { CallOptions, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Owner, OwnerChange, Reown } from '../../reconcile/kinds/container-kinds.js';
import { helperContainer } from '../helper-container.js';

/** RKE's name for the container that gives etcd its data directory (services/etcd.go:37-106). */
export const reownName = 'etcd-fix-perm';

/** Runs a one-shot container to its end. */
export type RunOnce = (host: Host, spec: ContainerSpec, options: CallOptions) => Promise<void>;

/** Gives files and directories to their new owners, or back to those before. */
export async function reown(
  host: Host,
  { image, binds, securityOpt, changes }: Reown,
  { runOnce, isUndone, ...options }: CallOptions & { readonly runOnce: RunOnce; readonly isUndone: boolean },
): Promise<void> {
  const script = changes.flatMap((change) => {
    const owner = isUndone ? change.before : change.to;
    return owner === undefined ? [] : [commandOf(change, owner)];
  });
  if (script.length === 0) return;
  await runOnce(
    host,
    {
      ...helperContainer(reownName, image),
      entrypoint: ['/bin/sh', '-c'],
      cmd: [reownScript(script)],
      binds,
      securityOpt,
    },
    options,
  );
}

/** Commands for the host that give everything back to the owners before. */
export function ownersByHand({ binds, changes }: Reown): string[] {
  const roots = binds.map((bind): [source: string, target: string] => {
    const [source = '', target = ''] = bind.split(':');
    return [source.replace(/\/$/, ''), target.replace(/\/$/, '')];
  });
  return changes.flatMap(({ path, isDirectory, before }) => {
    const [source = '', target = ''] = roots.find(([, root]) => `${path}/`.startsWith(`${root}/`)) ?? [];
    return before === undefined
      ? []
      : [
          `chown ${isDirectory ? '-R ' : ''}${before.uid}:${before.gid} ${source}${path.slice(target.length)}`,
        ];
  });
}

/** Every command runs, also after one that failed: what could be given back is given back. */
export function reownScript(commands: readonly string[]): string {
  return ['failed=0', ...commands.map((command) => `${command} || failed=1`), 'exit $failed'].join('\n');
}

/** Links are changed themselves, never what they point to. */
export function commandOf(
  { path, isDirectory }: Pick<OwnerChange, 'path' | 'isDirectory'>,
  owner: Owner,
): string {
  const { uid, gid, mode } = owner;
  const quoted = quoteForShell(path);
  const chown = `chown -h${isDirectory ? 'R' : ''} ${uid}:${gid} ${quoted}`;
  return `{ [ ! -e ${quoted} ] || { ${chown} && chmod ${mode.toString(8)} ${quoted}; }; }`;
}
