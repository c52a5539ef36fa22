/** Where the snapshots of etcd are on a host; in containers of snapshots it is `/backup` (RKE services/etcd.go EtcdSnapshotPath). */
export const snapshotDirectory = '/opt/rke/etcd-snapshots';
