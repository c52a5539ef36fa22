/** Where calico and canal install their FlexVolume driver unless the file says otherwise (RKE cluster/network.go). */
export const flexVolumeDirectory = '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds';
