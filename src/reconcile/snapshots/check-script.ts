import { readFields } from '../../core/fields.js';

/** Why an archive is not accepted: exit codes of the script that checks it. Any other one means that it was not checked. */
export const checkExits = {
  missing: 40,
  damaged: 41,
  withoutState: 42,
  /** The archive is good, but the program that took the snapshot failed, e.g. to upload it. */
  toolFailed: 43,
} as const;

/** Where the script leaves what it found, in its container. */
export const checkResult = '/tmp/rke-snapshot';

/** Instead of the hash of a state: the archive needs a state that can be read, whichever it is. */
export const anyState = 'any';

/** File beside the archives with a line for each that passed a check; its name keeps it out of every list of snapshots. */
export const verifiedFile = '.verified';

/**
 * Shell: checks the database `db` in the current directory, and leaves its `size` and `status`. `stop CODE TEXT` reports what is wrong.
 * `etcdctl snapshot status` visits every page.
 */
export const databaseCheck = String.raw`
size=$(wc -c <db | tr -d ' ')
[ $((size % 512)) -eq 32 ] || stop ${checkExits.damaged} "the snapshot is truncated: $size bytes"
has=$(head -c $((size - 32)) db | sha256sum | cut -c 1-64)
wrote=$(tail -c 32 db | od -An -v -tx1 | tr -d ' \n')
[ "$has" = "$wrote" ] || stop ${checkExits.damaged} 'the snapshot differs from the hash that etcd wrote'
status=$(etcdctl snapshot status db -w json 2>errors) || stop ${checkExits.damaged} "$(tail -n 1 errors)"`.trim();

/**
 * Shell: ends with `stop 1` if `$archive` has 4 GiB or more, after unzip has failed: that of BusyBox, in the image of RKE v1, cannot read
 * such an archive, so it need not be damaged.
 */
export const refuseLargeArchive = `[ "$(stat -L -c %s "$archive")" -ge 4294967295 ] && stop 1 'unzip failed, which in this image reads no archive of 4 GiB or more'`;

/**
 * Shell script that checks the archive of a snapshot completely, in a container of the tools image with the snapshots at
 * `/backup`: the checksums of the archive, the hash that etcd appended to the snapshot, the database itself (`etcdctl snapshot
 * status` visits every page), and the state. It leaves the result in its container, and a line in `.verified` of the host.
 *
 * Arguments: the name of the snapshot, and the SHA-256 of the state that it must have, `any`, or an empty word.
 */
export const checkScript = String.raw`
umask 077
at=/backup name=$1 wanted=$2
stop() { echo "$2" >&2; exit "$1"; }
archive=$at/$name.zip
[ -f "$archive" ] || stop ${checkExits.missing} "there is no $archive"
stamp=$(stat -L -c '%s %Y' "$archive")
work=$(mktemp -d) && cd "$work" || exit 1
take() {
  unzip -p "$archive" "*$1" >"$2" 2>errors && [ -s "$2" ] && return
  grep -qi 'no space left' errors && stop 1 "$(cat errors)"
  ${refuseLargeArchive}
  stop "$3" "$1: $(tail -n 1 errors | grep . || echo 'missing in the archive')"
}
command -v unzip >/dev/null || stop 1 'the image has no unzip'
command -v etcdctl >/dev/null || stop 1 'the image has no etcdctl'
# BusyBox compares names without the slash that they begin with.
take "backup/$name" db ${checkExits.damaged}
${databaseCheck}
if [ -n "$wanted" ]; then
  take "etc/kubernetes/$name.rkestate" state ${checkExits.withoutState}
  if [ "$wanted" = ${anyState} ]; then
    case $(tr -d ' \t\r\n' <state | head -c 1)$(tr -d ' \t\r\n' <state | tail -c 1) in
      '{}') grep -q '"desiredState"' state || stop ${checkExits.withoutState} 'the state in it is not one of RKE' ;;
      *) stop ${checkExits.withoutState} 'the state in it cannot be read' ;;
    esac
  else
    [ "$(sha256sum <state | cut -c 1-64)" = "$wanted" ] || stop ${checkExits.withoutState} 'the state in it is another one'
  fi
fi
version=$(grep -o '"kubernetesVersion": *"[^"]*"' state 2>/dev/null | head -n 1 | cut -d '"' -f 4)
sum=$(sha256sum <"$archive" | cut -c 1-64)
printf 'bytes=%s\ndatabase=%s\nsha256=%s\nstatus=%s\nversion=%s\n' \
  "$(wc -c <"$archive")" "$size" "$sum" "$status" "$version" >${checkResult}
of() { echo "$status" | tr -d ' ' | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
others() {
  while read -r line; do
    other=$(echo "$line" | cut -d ' ' -f 7-)
    [ "$other" != "$name" ] && [ -f "$at/$other.zip" ] && echo "$line"
  done
}
{
  record=$at/${verifiedFile}
  { cat "$record" | others; echo "$stamp $(date +%s) $(of revision) $(of totalKey) $([ -n "$version" ] && echo "$version" || echo -) $name"; } >"$record.part" &&
    chmod 644 "$record.part" && mv "$record.part" "$record"
} 2>/dev/null
true
`.trim();

/** Begins the line that a container prints between a snapshot and its check, with the exit code of the snapshot. */
export const checkMark = 'rke: the snapshot ended with exit code ';

/**
 * Shell script that takes a snapshot and then checks its archive, in one container: starting a second one takes longer than the check
 * of a small database. Arguments: those of the check, then the program that takes the snapshot with its own.
 */
export const takeAndCheckScript = String.raw`
name=$1 wanted=$2
shift 2
"$@"
taken=$?
echo "${checkMark}$taken" >&2
export ETCDCTL_API=3
set -- "$name" "$wanted"
${checkScript}
[ "$taken" -eq 0 ] || exit ${checkExits.toolFailed}
`.trim();

/** What is known of a snapshot after its check. */
export interface CheckedSnapshot {
  /** Of the archive. */
  readonly bytes: number;
  readonly databaseBytes: number;
  /** SHA-256 of the archive. */
  readonly sha256: string;
  /** Revision of etcd. */
  readonly revision: number;
  readonly keys: number;
  /** Kubernetes version of the state in the archive; absent if the check did not read it. */
  readonly kubernetesVersion?: string;
}

/** Parses the result of the script; undefined if it is not complete. */
export function parseCheckResult(text: string): CheckedSnapshot | undefined {
  const values = readValues(text);
  const status = parseStatus(values.get('status') ?? '');
  const [bytes, databaseBytes] = [Number(values.get('bytes')), Number(values.get('database'))];
  const [sha256 = '', version = ''] = [values.get('sha256'), values.get('version')];
  return status === undefined || !(bytes > 0) || !(databaseBytes > 0)
    ? undefined
    : { bytes, databaseBytes, sha256, ...status, ...(version === '' ? {} : { kubernetesVersion: version }) };
}

/** Parses lines of the form `name=value`. */
export function readValues(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, name = '', value = ''] = /^(\w+)=\s*(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, value]];
    }),
  );
}

/** Parses what `etcdctl snapshot status -w json` prints; undefined if it is something else. */
export function parseStatus(json: string): Pick<CheckedSnapshot, 'revision' | 'keys'> | undefined {
  const { revision, totalKey: keys } = readFields(json) ?? {};
  return typeof revision === 'number' && typeof keys === 'number' ? { revision, keys } : undefined;
}
