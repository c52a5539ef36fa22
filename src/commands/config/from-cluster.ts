import { readFile } from 'node:fs/promises';
import { smallestFile } from '../../config/write/smallest-file.js';
import type { ErrorCode } from '../../core/codes/error-codes.js';
import { withDeadline } from '../../core/deadline.js';
import { fileErrorOf, kubeError, messageOf, RkeError, stateError, usageError } from '../../core/errors.js';
import { redactValue } from '../../core/redact.js';
import { stableStringify } from '../../core/stable.js';
import { readStateCopy } from '../../execute/state-copy.js';
import { readAdmin } from '../../kubeconfig/entries.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { MetadataOptions } from '../../run/catalog/metadata-source.js';
import { listBegun } from '../../run/state/begun.js';
import { decodeState } from '../../state/codec.js';
import { openKubeAs, type Admin } from '../recover/kube-by-kubeconfig.js';

export interface FromClusterOptions extends MetadataOptions {
  /** Path of a kubeconfig of the cluster, with a client certificate. */
  readonly kubeconfig: string;
}

/** A cluster.yml that was made from a running cluster. */
export interface FileOfCluster {
  readonly text: string;
  /** True if it has passwords or keys. */
  readonly hasSecrets: boolean;
  /** Keys whose value the text cannot restore: `rke plan` shows what that changes. */
  readonly lost: readonly string[];
  /** Files that the cluster.yml of the cluster named, and that are not part of its state. */
  readonly files: readonly string[];
  /** What a run began to change and did not finish; the text is as it was before. */
  readonly unfinished: readonly string[];
}

/** An API that is down must not hold up what has another way. */
const readMilliseconds = 30_000;

/**
 * `rke config --from-cluster`: the shortest cluster.yml that resolves to what a running cluster has recorded about itself, in Secret
 * kube-system/full-cluster-state, or the ConfigMap of older RKE v1. Changes nothing.
 *
 * @throws RkeError (exit 2) for a kubeconfig that cannot be used, STATE_NOT_RECOVERED (4) if the cluster has no copy of its state,
 *   KUBE_UNREACHABLE (7) if the API does not answer, KUBE_UNAUTHORIZED, KUBE_FORBIDDEN or KUBE_TLS (7) if it rejects the kubeconfig
 */
export async function readConfigOfCluster(options: FromClusterOptions): Promise<FileOfCluster> {
  const [copy, catalog] = await Promise.all([readCopy(options), loadCatalog(options)]);
  const state = decodeState(copy, 'Secret kube-system/full-cluster-state');
  const { currentState, desiredState } = state;
  const recorded = currentState.rkeConfig ?? desiredState.rkeConfig;
  if (recorded === undefined) throw notRecovered('the state in the cluster has no configuration');
  const { text, lost } = smallestFile(recorded, catalog);
  const isPlain = stableStringify(redactValue(recorded)) === stableStringify(recorded);
  const files = (recorded.addonsInclude ?? []).filter((path) => !/^https?:/i.test(path));
  return { text, hasSecrets: !isPlain, lost, files, unfinished: listBegun(state) };
}

async function readCopy({ kubeconfig, signal }: FromClusterOptions): Promise<string> {
  await using kube = openKubeAs(await readAccess(kubeconfig));
  const copy = await withDeadline({ milliseconds: readMilliseconds, signal }, (limit) =>
    readStateCopy(kube, { signal: limit }),
  ).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (cause instanceof RkeError && rejections.has(cause.code)) throw rejectedLogin(kubeconfig, cause);
    throw kubeError('KUBE_UNREACHABLE', `cannot read the state of the cluster: ${messageOf(cause)}`, {
      fix: byHosts,
      cause,
    });
  });
  if (copy?.text === undefined) throw notRecovered('the cluster has no copy of its state');
  return copy.text;
}

/** The API has answered: the hosts are not the way out. */
const rejections: ReadonlySet<ErrorCode> = new Set(['KUBE_UNAUTHORIZED', 'KUBE_FORBIDDEN', 'KUBE_TLS']);

const rejectedLogin = (kubeconfig: string, cause: RkeError): RkeError =>
  new RkeError(
    cause.code,
    `cannot read the state of the cluster with ${kubeconfig}: ${cause.message}`,
    { fix: 'set a kubeconfig of an administrator of this cluster with --kubeconfig', cause },
    cause.exitCode,
  );

async function readAccess(path: string): Promise<Admin> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError(`cannot read the kubeconfig ${path}: ${fileErrorOf(cause)}`, {
      fix: 'set a kubeconfig of the cluster with --kubeconfig',
      cause,
    });
  });
  const file = readKubeconfig(text);
  const admin = file.ok ? readAdmin(file.value) : undefined;
  if (admin !== undefined) return admin;
  throw usageError(`the current context of ${path} has no server with a CA and a client certificate`, {
    fix: 'set the kubeconfig that RKE wrote, kube_config_cluster.yml, with --kubeconfig',
  });
}

/** Without the API, the nodes are not known; with them, everything else is on the hosts. */
const byHosts =
  'if the API is down and the hosts are up: write a file with the nodes (`rke config init USER@HOST…`), then run `rke state recover`';

const notRecovered = (message: string): Error => stateError('STATE_NOT_RECOVERED', message, { fix: byHosts });
