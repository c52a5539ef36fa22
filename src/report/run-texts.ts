import type { CertificateReason, RkeEvent } from '../core/events.js';
import { formatBytes } from '../core/format-bytes.js';
import { count, fold, formatDuration } from './wording.js';

/** The event of one type. */
export type EventOf<Type extends RkeEvent['type']> = Extract<RkeEvent, { readonly type: Type }>;

/** `cluster prod · v1.31.1-rancher1-1 · 3 hosts · 41 operations (cluster.yml)` */
export function headerText(run: EventOf<'run-started'>, operations?: number): string {
  const parts = [`cluster ${run.cluster}`, run.version, count(run.hosts, 'host')];
  if (operations !== undefined) parts.push(count(operations, 'operation'));
  return `${parts.filter((part) => part !== '').join(' · ')} (${run.config})`;
}

/** `no change: 24 containers, 61 files and 5 add-ons are as planned` */
function noChangeText(
  run: EventOf<'run-started'> | undefined,
  { unchanged }: EventOf<'run-finished'>,
): string {
  if (run?.command === 'remove') return 'nothing is left on the hosts';
  if (run?.command === 'prepare') return 'nothing to do on the hosts';
  if (run?.command === 'etcd prune') return 'no snapshot is older than the retention';
  if (run?.command === 'cert rotate') return 'no change: the hosts have all certificates';
  if (run?.command.startsWith('addon ') === true) return 'nothing to do for the add-on';
  const { containers, files, addons } = unchanged;
  return `no change: ${count(containers, 'container')}, ${count(files, 'file')} and ${count(addons, 'add-on')} are as planned`;
}

/** `27 kept, 2 issued: kube-apiserver renewed (12 days left), kube-admin` */
export function certificatesText({ kept, issued, reasons }: EventOf<'certificates-ready'>): string {
  if (issued.length === 0) return `${kept} kept`;
  const start = kept === 0 ? '' : `${kept} kept, `;
  const isNew = reasons.every(({ reason }) => reason === 'missing') && kept === 0;
  return `${start}${issued.length} issued${isNew ? '' : `: ${fold(reasons.map(reasonText))}`}`;
}

function reasonText({ name, reason, daysLeft }: CertificateReason): string {
  if (reason === 'expires soon') return `${name} renewed (${count(daysLeft ?? 0, 'day')} left)`;
  if (reason === 'expired') return `${name} renewed (expired)`;
  return reason === 'missing' ? name : `${name} (${reason})`;
}

/** `6 pulled`, `9 done`, `1 of 9 failed, 3 skipped` */
export function stageText({ stage, done, failed, skipped }: EventOf<'stage-finished'>): string {
  if (failed === 0 && skipped === 0) return `${done} ${stage === 'images' ? 'pulled' : 'done'}`;
  const bad = [
    ...(failed === 0 ? [] : [`${failed} of ${done + failed + skipped} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ];
  return bad.join(', ');
}

/** Where a lost state was found, its CA, and what it lacks. */
export function recoveredLines(event: EventOf<'state-recovered'>): string[] {
  return [
    `recovered from ${event.from}`,
    `CA ${event.fingerprint}`,
    ...event.missing.map((one) => `missing: ${one}`),
  ];
}

/** `saved nightly: 12.3 MiB, revision 4711, 902 keys, uploaded to rke-snapshots/prod/nightly.zip` */
export function snapshotText(event: EventOf<'snapshot-saved'>): string {
  const { name, bytes, revision, keys, upload } = event;
  const parts = [formatBytes(bytes), `revision ${revision}`, count(keys, 'key')];
  if (upload?.isDone === true) parts.push(`uploaded to ${upload.bucket}/${upload.key}`);
  return `saved ${name}: ${parts.join(', ')}`;
}

/** `verified nightly: 12.3 MiB, revision 4711, 902 keys, v1.30.4-rancher1-1` */
export function verifiedText(event: EventOf<'snapshot-verified'>): string {
  const { name, bytes, revision, keys, kubernetesVersion } = event;
  const parts = [formatBytes(bytes), `revision ${revision}`, count(keys, 'key')];
  if (kubernetesVersion !== undefined) parts.push(kubernetesVersion);
  return `verified ${name}: ${parts.join(', ')}`;
}

/** What a run did, before the phrase of RKE v1, and the next command. */
export function summaryLines(
  run: EventOf<'run-started'> | undefined,
  end: EventOf<'run-finished'>,
): string[] {
  const time = formatDuration(end.durationMs);
  const cluster = `Cluster ${run?.cluster ?? ''}`.trimEnd();
  switch (end.outcome) {
    case 'done': {
      if (run?.command === 'remove')
        return [`${cluster} was removed from ${count(run.hosts, 'host')} in ${time}.`];
      // The plan itself is the result.
      if (run?.command === 'plan') return [];
      if (run !== undefined && run.command !== 'up' && run.command !== 'cert rotate')
        return [`${cluster}: rke ${run.command} finished in ${time}.`];
      const { containers, files, addons } = end.unchanged;
      const same = containers + files + addons;
      const did = `${count(end.done, 'operation')} done${same === 0 ? '' : `, ${same} unchanged`}.`;
      const hint = end.kubeconfig === undefined ? '' : ` Kubeconfig: ${end.kubeconfig}`;
      const state = run?.command === 'cert rotate' ? 'has new certificates after' : 'is up in';
      return [`${cluster} ${state} ${time}. ${did}${hint}`, ...kubectlHint(end), ...unavailableLines(end)];
    }
    case 'no-change':
      return [
        `cluster ${run?.cluster ?? ''} · ${count(run?.hosts ?? 0, 'host')} · ${noChangeText(run, end)} (${time})`,
        ...unavailableLines(end),
      ];
    // Before the start of a run the error is in cluster.yml or the flags, and its text is enough.
    case 'failed':
      return run === undefined ? [] : [`Failed after ${time}: ${end.done} done, ${end.failed} failed.`];
    case 'cancelled':
      return run === undefined ? [] : [`Stopped after ${time}: ${end.done} done.`];
  }
}

/** Add-ons that the run did not wait for, one line each, and how to wait for them. */
export function unavailableLines({ unavailable = [] }: EventOf<'run-finished'>): string[] {
  if (unavailable.length === 0) return [];
  return [
    ...unavailable.map(({ addon, lacks }) => `Not available yet: ${addon} (${lacks.join('; ')})`),
    `\`rke up --wait all\` waits for ${unavailable.length === 1 ? 'it' : 'them'}`,
  ];
}

function kubectlHint({ kubeconfig }: EventOf<'run-finished'>): string[] {
  return kubeconfig === undefined ? [] : [`  kubectl --kubeconfig ${kubeconfig} get nodes`];
}

/** The last line of RKE v1, which scripts look for (cmd/up.go, cmd/remove.go, cmd/etcd.go, cluster/encryption.go). */
export function closingPhrase(
  run: EventOf<'run-started'> | undefined,
  end: EventOf<'run-finished'>,
): string | undefined {
  if (end.outcome !== 'done' && end.outcome !== 'no-change') return undefined;
  if (run?.command === 'remove') return 'Cluster removed successfully';
  if (end.snapshot !== undefined)
    return `Finished saving/uploading snapshot [${end.snapshot}] on all etcd hosts`;
  if (run?.command === 'encrypt rotate-key') return 'Cluster secrets encryption key rotated successfully';
  return run === undefined || run.command === 'up'
    ? 'Finished building Kubernetes cluster successfully'
    : undefined;
}
