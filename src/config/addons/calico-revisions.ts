/**
 * Revisions of RKE's templates for Calico that are planned here, oldest first. From v3.16.0 on, calico and canal share them; the older
 * ones are keys of templates. Those before them are for Kubernetes up to 1.15.
 */
export const calicoRevisions = [
  'calico-v1.16',
  'canal-v1.16',
  'calico-v1.17',
  'canal-v1.17',
  'calico-v1.17-privileged',
  'canal-v1.17-privileged',
  'canal-v1.17-privileged-calico3134',
  'v3.16.0',
  'v3.16.5',
  'v3.17.1',
  'v3.19.0',
  'v3.21.1',
  'v3.22.5',
  'v3.22.5-rancher2',
  'v3.24.1',
  'v3.25.0',
  'v3.26.1',
  'v3.26.1-rancher2',
  'v3.27.0',
  'v3.27.0-rancher2',
  'v3.27.4',
  'v3.28.0',
  'v3.28.1',
] as const;

export type CalicoRevisionName = (typeof calicoRevisions)[number];

/** Keys of the templates of one add-on that are planned here. */
export function calicoTemplates(addon: 'calico' | 'canal'): string[] {
  return calicoRevisions.flatMap((revision) => {
    if (revision.startsWith('v')) return [`${addon}-${revision}`];
    return revision.startsWith(`${addon}-`) ? [revision] : [];
  });
}
