import type { Fields } from '../../../core/fields.js';
import type { CalicoRevision } from './calico-revision.js';

/** Volumes between which each plugin has its own. */
interface NodeVolumes {
  readonly beforeCni?: readonly Fields[];
  readonly afterCni?: readonly Fields[];
  readonly flexVolumeDirectory: string;
}

/** Directories of the host that the pods of calico and canal use. */
export function nodeVolumes(
  revision: CalicoRevision,
  { beforeCni = [], afterCni = [], flexVolumeDirectory }: NodeVolumes,
): Fields[] {
  const created = revision.createsDirectories ? 'DirectoryOrCreate' : undefined;
  return [
    hostPath('lib-modules', '/lib/modules'),
    hostPath('var-run-calico', '/var/run/calico', created),
    hostPath('var-lib-calico', '/var/lib/calico', created),
    hostPath('xtables-lock', '/run/xtables.lock', 'FileOrCreate'),
    ...bpfVolumes[revision.bpf],
    ...beforeCni,
    hostPath('cni-bin-dir', '/opt/cni/bin', created),
    hostPath('cni-net-dir', '/etc/cni/net.d'),
    ...(revision.mountsCniLog ? [hostPath('cni-log-dir', '/var/log/calico/cni')] : []),
    ...afterCni,
    hostPath('policysync', '/var/run/nodeagent', 'DirectoryOrCreate'),
    ...(revision.hasFlexVolume
      ? [hostPath('flexvol-driver-host', flexVolumeDirectory, 'DirectoryOrCreate')]
      : []),
  ];
}

const bpfVolumes: Readonly<Record<CalicoRevision['bpf'], readonly Fields[]>> = {
  none: [],
  sysfs: [hostPath('sysfs', '/sys/fs/', 'DirectoryOrCreate')],
  mounted: [
    hostPath('sys-fs', '/sys/fs/', 'DirectoryOrCreate'),
    hostPath('bpffs', '/sys/fs/bpf', 'Directory'),
    hostPath('nodeproc', '/proc'),
  ],
};

/** @param type what the kubelet checks or creates; nothing unless given */
export function hostPath(name: string, path: string, type?: string): Fields {
  return { name, hostPath: { path, ...(type === undefined ? {} : { type }) } };
}
