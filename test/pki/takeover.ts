import { readFileSync } from 'node:fs';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory, type CreateKey } from '../../src/pki/key-factory.js';
import {
  reconcileCertificates,
  type ReconciledCertificates,
} from '../../src/pki/issue/reconcile-certificates.js';
import type { Rotation } from '../../src/pki/issue/rotation.js';
import type { ClusterState } from '../../src/state/cluster-state.js';

/** The state of a cluster with three nodes, written by RKE v1. */
const folder = new URL('../fixtures/vectors/takeover/three/', import.meta.url);
export const stateText = readFileSync(new URL('cluster.rkestate', folder), 'utf8');
export const kubeconfigText = readFileSync(new URL('kube_config_cluster.yml', folder), 'utf8');

const { desiredState } = JSON.parse(stateText) as Required<ClusterState>;
export const rkeSpec = desiredState.rkeConfig as ClusterSpec;
export const rkeBundle = desiredState.certificatesBundle as CertificateBundle;
export const rkeEncryption = desiredState.encryptionConfig ?? '';

export const now = new Date('2026-12-24T12:00:00.123Z');

/** Fails if a test creates a key that must stay. */
export const noKey: CreateKey = () => Promise.reject(new Error('no key must be made here'));

export function reconcile(
  spec: ClusterSpec,
  existing?: CertificateBundle,
  changed: { readonly createKey?: CreateKey; readonly now?: Date; readonly rotation?: Rotation } = {},
): Promise<ReconciledCertificates> {
  return reconcileCertificates({ spec, existing, now, createKey: createKeyFactory(), ...changed });
}
