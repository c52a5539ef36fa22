/** RKE deploys every network plugin under one name, and never removes it (cluster/network.go NetworkPluginResourceName). */
export const networkAddonName = 'rke-network-plugin';
