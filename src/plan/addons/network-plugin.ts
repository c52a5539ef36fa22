/** RKE deploys every network plugin under one name, and has no way to remove it. */
export const networkAddonName = 'rke-network-plugin';
