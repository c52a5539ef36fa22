/** Names of operations: what one is called by those that wait for it, whether or not it is needed. */
export const pullId = (image: string, host: string): string => `pull:${image}@${host}`;
export const filesId = (host: string): string => `files@${host}`;
export const containerId = (container: string, host: string): string => `run:${container}@${host}`;
/** A restart with new certificates that goes before a replacement. */
export const renewId = (container: string, host: string): string => `renew:${container}@${host}`;
export const readyId = (host: string): string => `ready@${host}`;
export const healthyId = (container: string, host: string): string => `healthy:${container}@${host}`;
