import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileErrorOf, stateError, usageError } from '../../core/errors.js';
import { createKubeApi } from '../../kube/client.js';
import { issueAdminCertificate } from '../../pki/bundle/recover-bundle.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { isPrivateKey, type CaKeyPair } from '../../pki/x509/x509.js';
import { planCluster } from '../../run/plan-cluster.js';
import { listControlPlanes } from '../../run/open-kube.js';
import { openLockedSession } from '../../run/session.js';
import { connect } from '../../run/connect.js';
import { zipInFile } from '../../state/zip.js';
import { concurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import { emitRunStarted } from '../../run/run-events.js';
import { readAdminOf, type AdminPair } from './read-admin.js';
import { findOnHosts } from './find-on-hosts.js';
import { recoverFromCluster } from './from-cluster.js';
import { recoverFromHosts } from './from-hosts.js';
import { recoverFromSnapshot } from './from-snapshot.js';
import { openKubeByKubeconfig } from './kube-by-kubeconfig.js';
import {
  recoverySources,
  type Recovered,
  type RecoverInput,
  type Recovery,
  type RecoverySource,
} from './recovered.js';

export interface RecoverOptions extends ClusterOptions {
  /** Command without `rke`, as the user called it, for the lock and events; `state recover` by default. */
  readonly command?: string;
  /** Replaces an existing state file, which is kept in the history. */
  readonly force?: boolean;
  /** Tries only this source. */
  readonly only?: RecoverySource | undefined;
  /** Path of an etcd snapshot archive. */
  readonly snapshot?: string | undefined;
}

/** The result of a recovery. */
export interface RecoverResult extends Recovered {
  /** Path of the state file. */
  readonly file: string;
  /** SHA-256 fingerprint of the CA, which identifies the cluster. */
  readonly fingerprint: string;
}

/**
 * `rke state recover`: rebuilds a lost state from the cluster's copy, the certificates on the hosts, or a snapshot archive.
 * Changes nothing on the hosts or in the cluster, and never creates a CA.
 *
 * @throws RkeError STATE_EXISTS if there is a state already, STATE_NOT_RECOVERED with what each source lacks (exit 4)
 */
export async function recoverState(options: RecoverOptions): Promise<RecoverResult> {
  const { command = 'state recover', events, signal, force = false, only } = options;
  const sources = recoverySources.filter((one) => only === undefined || one === only);
  const snapshot = await readSnapshot(options);
  await using session = await openLockedSession(options, {
    forChange: false,
    duringRestore: true,
    command: `rke ${command}`,
    withoutState: true,
  });
  const { spec, catalog, store, paths } = session;
  if (existsSync(paths.state) && !force) throw existsAlready(paths.state);
  emitRunStarted(options, command, spec);

  await using hosts = await connect(session, options);
  const unreached = [...hosts.unreachable].map(([host, error]) => `${host}: ${error.message}`);
  const plan = planCluster(session, hosts.facts, { certificates: {}, encryptionConfig: '' });
  const found = await findOnHosts(plan, hosts.hosts, { concurrency: concurrencyOf(options), signal });
  for (const host of found.foreign)
    events.emit({
      type: 'warning',
      host,
      message: `the CA on this host differs from the one on ${found.ca?.host ?? ''}`,
    });
  const createKey = createKeyFactory();
  const { ca } = found;
  const canSign = isPrivateKey(ca?.keyPem ?? '');
  const admin =
    ca === undefined
      ? undefined
      : canSign
        ? await issueAdmin(ca, createKey)
        : await readAdminOf(paths.kubeconfig, ca.certificatePem);
  await using kube =
    ca === undefined || admin === undefined
      ? await openKubeByKubeconfig(paths.kubeconfig, spec)
      : openKubeAsAdmin(ca, listControlPlanes(session, hosts.hosts), admin);
  const recovered = await recoverFromSources(sources, {
    spec,
    catalog,
    found: { ...found, failures: [...unreached, ...found.failures] },
    kube,
    admin,
    snapshot,
    now: new Date(),
    createKey,
    signal,
  });

  const bundle = recovered.state.desiredState.certificatesBundle ?? {};
  if (force) await store.remove();
  await store.save(recovered.state);
  events.emit({ type: 'state-saved', file: store.location });
  await saveKubeconfig(paths.kubeconfig, { spec, bundle, state: recovered.state, events });
  const result = {
    file: store.location,
    fingerprint: fingerprintOf(bundle['kube-ca']?.certificatePEM ?? ''),
  };
  const { source, from, missing } = recovered;
  events.emit({ type: 'state-recovered', ...result, source, from, missing });
  return { ...recovered, ...result };
}

const attempts: Readonly<Record<RecoverySource, (input: RecoverInput) => Recovery | Promise<Recovery>>> = {
  cluster: recoverFromCluster,
  hosts: recoverFromHosts,
  snapshot: recoverFromSnapshot,
};

/**
 * Recovers the state from the first source that has one.
 *
 * @throws RkeError STATE_NOT_RECOVERED (exit 4) with what each source lacks
 */
export async function recoverFromSources(
  sources: readonly RecoverySource[],
  input: RecoverInput,
): Promise<Recovered> {
  const lacks: string[] = [];
  for (const source of sources) {
    const recovery = await attempts[source](input);
    if (!('why' in recovery)) return recovery;
    lacks.push(`${source}: ${recovery.why}`);
  }
  throw stateError('STATE_NOT_RECOVERED', 'cannot rebuild the state: no source has it', {
    fix: 'make a control-plane host reachable, or set an etcd snapshot with --snapshot FILE; nothing was written',
    evidence: lacks,
  });
}

/** Opens the API through the control planes, with an admin certificate signed by the CA of the cluster. */
function openKubeAsAdmin(
  { certificatePem: ca }: CaKeyPair,
  controlPlanes: ReturnType<typeof listControlPlanes>,
  { certificatePem: cert, keyPem: key }: AdminPair,
): ReturnType<typeof createKubeApi> {
  return createKubeApi({ controlPlanes, certificates: { ca, cert, key } });
}

async function issueAdmin(ca: CaKeyPair, createKey: () => Promise<string>): Promise<AdminPair> {
  const keyPem = await createKey();
  return { certificatePem: issueAdminCertificate(ca, keyPem, new Date()), keyPem };
}

async function readSnapshot({ snapshot, only }: RecoverOptions): Promise<RecoverInput['snapshot']> {
  if (snapshot === undefined) {
    if (only === 'snapshot')
      throw usageError('no snapshot archive is set', { fix: 'set one with --snapshot FILE' });
    return undefined;
  }
  try {
    return { file: snapshot, archive: await zipInFile(snapshot) };
  } catch (cause) {
    throw usageError(`cannot read ${snapshot}: ${fileErrorOf(cause)}`, {
      fix: 'copy an archive from /opt/rke/etcd-snapshots of an etcd host to this machine, and set it with --snapshot FILE',
      cause,
    });
  }
}

function existsAlready(file: string): Error {
  return stateError('STATE_EXISTS', `${file} already exists`, {
    fix: `check it with \`rke state verify\`; --force replaces it with the recovered state, and keeps it as ${file}.bak`,
  });
}

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
