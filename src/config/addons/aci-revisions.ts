/** Revisions of RKE's template of aci, oldest first. */
export const aciRevisions = [
  'v5.0.0',
  'v5.2.3',
  'v5.2.3.4',
  'v5.2.3.5',
  'v5.2.3.6',
  'v5.2.7.1',
  'v6.0.3.1',
  'v6.0.3.2',
  'v6.0.3.3',
  'v6.0.4.1',
  'v6.0.4.2',
  'v6.0.4.3',
  'v6.1.1.1',
] as const;

export type AciRevisionName = (typeof aciRevisions)[number];
