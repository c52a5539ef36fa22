/** Of the DaemonSet, its account, its ConfigMap and the Service of its metrics. */
export const cacheName = 'node-local-dns';
export const cacheSelector = { 'k8s-app': cacheName };
/** Service through which the cache asks the cluster DNS. */
export const upstreamService = 'kube-dns-upstream';
