/**
 * Ids of operations: those that wait for one name it whether or not the plan has it, because what is already as planned needs
 * no operation.
 */
export const pullId = (image: string, host: string): string => `pull:${image}@${host}`;
export const filesId = (host: string): string => `files@${host}`;
export const containerId = (container: string, host: string): string => `run:${container}@${host}`;
/** A restart with new certificates before a replacement. */
export const renewId = (container: string, host: string): string => `renew:${container}@${host}`;
export const readyId = (host: string): string => `ready@${host}`;
export const healthyId = (container: string, host: string): string => `healthy:${container}@${host}`;
export const removeId = (container: string, host: string): string => `remove:${container}@${host}`;
export const availableId = (addon: string): string => `available:${addon}`;
export const podsId = (host: string): string => `pods@${host}`;
export const cleanId = (host: string): string => `clean@${host}`;
export const cordonId = (host: string): string => `cordon@${host}`;
export const uncordonId = (host: string): string => `uncordon@${host}`;
export const drainId = (host: string): string => `drain@${host}`;
export const snapshotId = (host: string): string => `snapshot@${host}`;
export const downloadId = (host: string): string => `download-snapshot@${host}`;
export const recoverEtcdId = (host: string): string => `recover-etcd@${host}`;
export const setAsideId = (host: string): string => `set-aside-etcd@${host}`;
export const defragmentId = (host: string): string => `defragment@${host}`;
export const verifySnapshotId = (host: string): string => `verify-snapshot@${host}`;
export const verifyS3Id = (host: string): string => `verify-s3-snapshot@${host}`;
export const deleteSnapshotsId = (host: string): string => `delete-snapshots@${host}`;
export const deleteNodeId = (host: string): string => `delete-node@${host}`;
export const addMemberId = (host: string): string => `add-member@${host}`;
export const promoteMemberId = (host: string): string => `promote-member@${host}`;
/** By the host of the member, or its id if the host was not reached. */
export const removeMemberId = (of: string): string => `remove-member@${of}`;

/** No host lacks an image. */
export const imagesPulled = 'images';
/** A majority of etcd is healthy. */
export const etcdQuorum = 'healthy:etcd';
/** One kube-apiserver answers. */
export const apiAnswers = 'healthy:kube-apiserver';
