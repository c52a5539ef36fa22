/** Marks the fields of rke in the `managedFields` of Kubernetes objects. */
export const fieldManager = 'rke';
