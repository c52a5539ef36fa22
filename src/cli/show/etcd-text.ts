import type { CheckedArchive } from '../../core/events.js';
import { formatBytes } from '../../core/format-bytes.js';
import type { RecoveredEtcd } from '../../commands/etcd/recover-quorum.js';
import type { EtcdReport } from '../../commands/etcd/etcd-status.js';
import type { ListedSnapshot } from '../../commands/etcd/list-snapshots.js';
import type { MemberReport } from '../../reconcile/etcd-care/describe-member.js';
import { formatAge } from '../../reconcile/snapshots/snapshot-age.js';
import { formatColumns } from './columns.js';

/** Formats the members, what could be better, and the ages of the snapshots. */
export function formatEtcd({
  cluster,
  voters,
  healthyVoters,
  hasQuorum,
  members,
  advice,
  snapshots,
}: EtcdReport): string {
  const majority = hasQuorum ? 'a majority' : 'no majority';
  const ages = snapshots.map(({ host, name = 'none', ageSeconds, verified }) => [
    host,
    name,
    ageSeconds === undefined ? '-' : formatAge(ageSeconds),
    verified ? 'yes' : 'no',
  ]);
  return [
    `etcd of cluster ${cluster}: ${healthyVoters} of ${voters} members healthy, ${majority}\n\n`,
    formatColumns([memberHeader, ...members.map(toRow)]),
    ...(ages.length === 0
      ? []
      : ['\n', formatColumns([['HOST', 'LAST SNAPSHOT', 'AGE', 'VERIFIED'], ...ages])]),
    ...(advice.length === 0 ? [] : ['\n', ...advice.map((text) => `advice: ${text}\n`)]),
  ].join('');
}

const memberHeader = ['NAME', 'HOST', 'STATE', 'LAG', 'DB SIZE', 'IN USE', 'REVISION', 'VERSION', 'ALARMS'];

function toRow(member: MemberReport): string[] {
  const { name, host = '-', state, raftLag, dbBytes, dbBytesInUse, revision, version = '-', alarms } = member;
  const sizeOf = (bytes: number | undefined): string => (bytes === undefined ? '-' : formatBytes(bytes));
  return [
    name,
    host,
    state,
    String(raftLag ?? '-'),
    sizeOf(dbBytes),
    sizeOf(dbBytesInUse),
    String(revision ?? '-'),
    version,
    alarms.length === 0 ? '-' : alarms.join(','),
  ];
}

/** Formats snapshots, a line each. */
export function formatSnapshotList(snapshots: readonly ListedSnapshot[]): string {
  if (snapshots.length === 0) return 'no snapshots\n';
  const rows = snapshots.map(({ name, ageSeconds, kubernetesVersion = '-', copies, s3 }) => [
    name,
    formatAge(ageSeconds),
    formatBytes(Math.max(s3?.bytes ?? 0, ...copies.map(({ bytes }) => bytes))),
    kubernetesVersion,
    formatChecked([...copies, ...(s3 === undefined ? [] : [s3])]),
    [...copies.map(({ host }) => host), ...(s3 === undefined ? [] : ['S3'])].join(','),
  ]);
  return formatColumns([['NAME', 'AGE', 'SIZE', 'KUBERNETES', 'VERIFIED', 'WHERE'], ...rows]);
}

/** `yes`, `some` or `no` of the copies on hosts and in S3. */
function formatChecked(copies: readonly { readonly verified?: string }[]): string {
  const checked = copies.filter(({ verified }) => verified !== undefined).length;
  return checked === 0 ? 'no' : checked === copies.length ? 'yes' : 'some';
}

/** Formats archives that passed their check. */
export function formatVerified(archives: readonly CheckedArchive[]): string {
  if (archives.length === 0) return '';
  const rows = archives.map(({ host, bytes, revision, keys, kubernetesVersion = '-', file }) => [
    host,
    formatBytes(bytes),
    String(revision),
    String(keys),
    kubernetesVersion,
    file,
  ]);
  return formatColumns([['HOST', 'SIZE', 'REVISION', 'KEYS', 'KUBERNETES', 'ARCHIVE'], ...rows]);
}

/** Formats a recovery, and what is left to do. */
export function formatRecovered({ survivor, joined, unreached }: RecoveredEtcd): string {
  const next =
    unreached.length === 0
      ? 'run `rke up`'
      : `make the hosts of ${unreached.join(', ')} reachable and run this command again, or remove their nodes with \`rke node remove\`; then run \`rke up\``;
  return [
    ...(survivor === undefined ? [] : [`${survivor} has founded the cluster again\n`]),
    ...(joined.length === 0 ? [] : [`joined: ${joined.join(', ')}\n`]),
    `next: ${next}\n`,
  ].join('');
}
