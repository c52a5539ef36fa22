import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { messageOf, stateError, usageError } from '../../core/errors.js';
import { createKubeApi } from '../../kube/client.js';
import { issueAdminCertificate } from '../../pki/bundle/recover-bundle.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { isPrivateKey, type CaKeyPair } from '../../pki/x509/x509.js';
import { planCluster } from '../../run/plan-cluster.js';
import { controlPlanesOf } from '../../run/open-kube.js';
import { openLockedSession } from '../../run/session.js';
import { connect } from '../../run/connect.js';
import { concurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import { emitRunStarted } from '../../run/run-events.js';
import { adminBeside, type AdminPair } from './admin-beside.js';
import { findOnHosts } from './find-on-hosts.js';
import { fromCluster } from './from-cluster.js';
import { fromHosts } from './from-hosts.js';
import { fromSnapshot } from './from-snapshot.js';
import { kubeByKubeconfig } from './kube-by-kubeconfig.js';
import {
  recoverySources,
  type Recovered,
  type RecoverInput,
  type Recovery,
  type RecoverySource,
} from './recovered.js';

export interface RecoverOptions extends ClusterOptions {
  /** As the user called it, for the lock and events. */
  readonly command: string;
  /** Replace a state file that is there; it goes into the history. */
  readonly force: boolean;
  /** Try this source alone. */
  readonly only?: RecoverySource | undefined;
  /** Path of a snapshot archive. */
  readonly snapshot?: string | undefined;
}

/** What a recovery did. */
export interface RecoverResult extends Recovered {
  /** Where the state was written. */
  readonly file: string;
  /** SHA-256 of the certificate authority, by which a cluster is known. */
  readonly fingerprint: string;
}

/**
 * `rke state recover`: rebuilds a state that was lost from what is left of the cluster: its own copy, the certificates on
 * the hosts, a snapshot archive. Nothing is changed on the hosts or in the cluster, and no authority is ever made.
 *
 * @throws RkeError STATE_EXISTS where there is a state already, STATE_NOT_RECOVERED with what each source lacks (exit 4)
 */
export async function runRecover(options: RecoverOptions): Promise<RecoverResult> {
  const { command, events, signal, force, only } = options;
  const sources = recoverySources.filter((one) => only === undefined || one === only);
  const snapshot = await readSnapshot(options);
  await using session = await openLockedSession(options, {
    forChange: false,
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
      message: `it has another certificate authority than ${found.authority?.host ?? ''}`,
    });
  const createKey = createKeyFactory();
  const { authority } = found;
  const canSign = isPrivateKey(authority?.keyPem ?? '');
  const admin =
    authority === undefined
      ? undefined
      : canSign
        ? await freshAdmin(authority, createKey)
        : await adminBeside(paths.kubeconfig, authority.certificatePem);
  await using kube =
    authority === undefined || admin === undefined
      ? await kubeByKubeconfig(paths.kubeconfig, spec)
      : kubeOf(authority, controlPlanesOf(session, hosts.hosts), admin);
  const recovered = await recover(sources, {
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
  cluster: fromCluster,
  hosts: fromHosts,
  snapshot: fromSnapshot,
};

/**
 * The state from the first source that has one.
 *
 * @throws RkeError STATE_NOT_RECOVERED (exit 4) with what each source lacks
 */
export async function recover(sources: readonly RecoverySource[], input: RecoverInput): Promise<Recovered> {
  const lacks: string[] = [];
  for (const source of sources) {
    const recovery = await attempts[source](input);
    if (!('why' in recovery)) return recovery;
    lacks.push(`${source}: ${recovery.why}`);
  }
  throw stateError('STATE_NOT_RECOVERED', 'the state could not be rebuilt from what is left of the cluster', {
    fix: 'make a control-plane host reachable, or name a snapshot of etcd with --snapshot FILE; nothing was written',
    evidence: lacks,
  });
}

/** An administrator's certificate of the cluster's authority opens its API. */
function kubeOf(
  { certificatePem: ca }: CaKeyPair,
  controlPlanes: ReturnType<typeof controlPlanesOf>,
  { certificatePem: cert, keyPem: key }: AdminPair,
): ReturnType<typeof createKubeApi> {
  return createKubeApi({ controlPlanes, certificates: { ca, cert, key } });
}

async function freshAdmin(authority: CaKeyPair, createKey: () => Promise<string>): Promise<AdminPair> {
  const keyPem = await createKey();
  return { certificatePem: issueAdminCertificate(authority, keyPem, new Date()), keyPem };
}

async function readSnapshot({ snapshot, only }: RecoverOptions): Promise<RecoverInput['snapshot']> {
  if (snapshot === undefined) {
    if (only === 'snapshot')
      throw usageError('no snapshot archive was named', { fix: 'name one with --snapshot FILE' });
    return undefined;
  }
  try {
    return { file: snapshot, content: await readFile(snapshot) };
  } catch (cause) {
    throw usageError(`cannot read ${snapshot}: ${messageOf(cause)}`, {
      fix: 'name an archive that is on this machine with --snapshot; on an etcd host they are in /opt/rke/etcd-snapshots',
      cause,
    });
  }
}

function existsAlready(file: string): Error {
  return stateError('STATE_EXISTS', `there is a state already at ${file}`, {
    fix: 'look at it with rke state verify; with --force the recovered one takes its place, and it becomes the .bak',
  });
}

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
