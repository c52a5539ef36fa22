import { readFields } from '../../core/fields.js';

/** Why an archive is not accepted: exit codes of the script that checks it. Any other one means that it was not checked. */
export const checkExits = {
  missing: 40,
  damaged: 41,
  withoutState: 42,
} as const;

/** Where the script leaves what it found, in its container. */
export const checkResult = '/tmp/rke-snapshot';

/**
 * Shell script that checks the archive of a snapshot completely, in a container of the tools image with the snapshots at
 * `/backup`: the checksums of the archive, the hash that etcd appended to the snapshot, the database itself (`etcdctl snapshot
 * status` visits every page), and the state. It leaves nothing but the result in its container.
 *
 * Arguments: the name of the snapshot, and the SHA-256 of the state that it must have, or an empty word.
 */
export const checkScript = String.raw`
umask 077
name=$1 wanted=$2 archive=/backup/$1.zip
stop() { echo "$2" >&2; exit "$1"; }
[ -f "$archive" ] || stop ${checkExits.missing} "there is no $archive"
work=$(mktemp -d) && cd "$work" || exit 1
take() {
  unzip -p "$archive" "*$1" >"$2" 2>errors && [ -s "$2" ] && return
  grep -qi 'no space left' errors && stop 1 "$(cat errors)"
  stop "$3" "$1: $(tail -n 1 errors | grep . || echo 'missing in the archive')"
}
command -v unzip >/dev/null || stop 1 'the image has no unzip'
command -v etcdctl >/dev/null || stop 1 'the image has no etcdctl'
# BusyBox compares names without the slash that they begin with.
take "backup/$name" db ${checkExits.damaged}
size=$(wc -c <db)
[ $((size % 512)) -eq 32 ] || stop ${checkExits.damaged} "the snapshot is truncated: $size bytes"
has=$(head -c $((size - 32)) db | sha256sum | cut -c 1-64)
wrote=$(tail -c 32 db | od -An -v -tx1 | tr -d ' \n')
[ "$has" = "$wrote" ] || stop ${checkExits.damaged} 'the snapshot differs from the hash that etcd wrote'
status=$(etcdctl snapshot status db -w json 2>errors) || stop ${checkExits.damaged} "$(tail -n 1 errors)"
if [ -n "$wanted" ]; then
  take "etc/kubernetes/$name.rkestate" state ${checkExits.withoutState}
  [ "$(sha256sum <state | cut -c 1-64)" = "$wanted" ] || stop ${checkExits.withoutState} 'the state in it is another one'
fi
printf 'bytes=%s\ndatabase=%s\nsha256=%s\nstatus=%s\n' \
  "$(wc -c <"$archive")" "$size" "$(sha256sum <"$archive" | cut -c 1-64)" "$status" >${checkResult}
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
}

/** Parses the result of the script; undefined if it is not complete. */
export function parseCheckResult(text: string): CheckedSnapshot | undefined {
  const values = new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, name = '', value = ''] = /^(\w+)=\s*(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, value]];
    }),
  );
  const status = parseStatus(values.get('status') ?? '');
  const [bytes, databaseBytes] = [Number(values.get('bytes')), Number(values.get('database'))];
  const sha256 = values.get('sha256') ?? '';
  return status === undefined || !(bytes > 0) || !(databaseBytes > 0)
    ? undefined
    : { bytes, databaseBytes, sha256, ...status };
}

function parseStatus(json: string): Pick<CheckedSnapshot, 'revision' | 'keys'> | undefined {
  const { revision, totalKey: keys } = readFields(json) ?? {};
  return typeof revision === 'number' && typeof keys === 'number' ? { revision, keys } : undefined;
}
