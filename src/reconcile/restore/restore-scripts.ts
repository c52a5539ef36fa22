import { checkExits, databaseCheck, refuseLargeArchive } from '../snapshots/check-script.js';

/**
 * Shell scripts of a restore. They run in a container of the tools image, with the data directory of etcd at `/data` and the snapshots at
 * `/backup`. Everything is kept below `/data/restore`, so that data is moved on one file system:
 *
 * - `id`: SHA-256 of the snapshot; `ready`: the new data is complete, and for which member; `accepted`: etcd was healthy with it
 * - `new`: the new data until it takes the place of the old
 * - `aside`: id for which the old data was moved; `old`: that data
 *
 * Each script may be killed at any point and be run again.
 */
const enter = 'umask 077; cd /data || exit 1; name=$1 id=$2';

const { missing, damaged } = checkExits;

/** Exit codes of the scripts. */
export const restoreExits = { missing, damaged, ready: 44 } as const;

/** Where the script that looks at a host leaves what it found, in its container. */
export const lookResult = '/tmp/rke-restore';
/** Where it leaves the state of the archive. */
export const lookState = '/tmp/rke-state';

/** Shell: unpacks the database of an archive, or of a plain snapshot of old versions, to a file; `stop CODE TEXT` reports what failed. */
const unpackFunctions = String.raw`
archive=/backup/$name.zip kind=zip
[ -f "$archive" ] || archive=/backup/$name kind=plain
[ -f "$archive" ] || kind=none
take() {
  unzip -p "$archive" "$1" >"$2" 2>/tmp/errors && [ -s "$2" ] && return
  grep -qi 'no space left' /tmp/errors && stop 1 "$(cat /tmp/errors)"
  ${refuseLargeArchive}
  stop ${restoreExits.damaged} "$1: $(tail -n 1 /tmp/errors | grep . || echo 'missing in the archive')"
}
unpack() {
  case $kind in
    zip) command -v unzip >/dev/null || stop 1 'the image has no unzip'; take '*backup/*' "$1" ;;
    plain) cp "$archive" "$1" || stop 1 'cannot copy the snapshot' ;;
  esac
}`;

/**
 * Looks at a host: how far a restore is that was started there, and what the archive of a snapshot has. Checks the archive completely, the
 * same as after a snapshot was taken. Changes nothing. Argument: the name of the snapshot.
 */
export const lookScript = String.raw`
umask 077
name=$1 out=${lookResult}
line() { printf '%s=%s\n' "$1" "$2" >>"$out"; }
stop() { line "$([ "$1" = ${restoreExits.damaged} ] && echo damaged || echo trouble)" "$(echo "$2" | tr '\n' ' ')"; exit 0; }
: >"$out"
if cd /data; then
  line id "$(cat restore/id 2>/dev/null)"
  line data "$([ -d member ] && echo yes || echo no)"
  if [ -e restore/accepted ]; then line phase accepted
  elif [ -e restore/ready ] && [ ! -d restore/new/member ] && [ -d member ]; then line phase moved
  elif [ -d restore ]; then line phase started
  fi
fi
${unpackFunctions}
line kind "$kind"
[ "$kind" = none ] && exit 0
work=$(mktemp -d) && cd "$work" || stop 1 'no space for the check'
command -v etcdctl >/dev/null || stop 1 'the image has no etcdctl'
unpack db
${databaseCheck}
line bytes "$(wc -c <"$archive" | tr -d ' ')"
line database "$size"
line modified "$(stat -c %Y "$archive")"
line sha256 "$(sha256sum <"$archive" | cut -c 1-64)"
line snapshot "$(sha256sum <db | cut -c 1-64)"
line status "$status"
[ "$kind" = zip ] && unzip -p "$archive" '*.rkestate' >${lookState} 2>/dev/null
exit 0
`.trim();

/** Moves the data of etcd aside. What an earlier restore put there and etcd never accepted is not worth keeping. */
const asideFunction = String.raw`
aside() {
  [ -e member ] || return 0
  if [ -e restore/old/member ]; then
    rm -rf restore/failed && mv member restore/failed && rm -rf restore/failed
  else
    mkdir -p restore/old && mv member restore/old/member
  fi
}
# An earlier restore that etcd accepted is finished: its old data is that of the time before.
if [ -e restore/accepted ] && [ "$(cat restore/id)" != "$id" ]; then
  rm -f restore/accepted restore/ready restore/aside
  [ -d restore/old/member ] && { rm -rf before-restore; mv restore/old before-restore; }
fi`;

/** Unpacks the snapshot for etcdctl. Exits with 44 if the new data is ready, or has taken its place. Arguments: name, id, member. */
export const unpackScript = String.raw`
${enter}
stop() { echo "$2" >&2; exit "$1"; }
mkdir -p restore
[ -e restore/ready ] && [ "$(cat restore/id restore/ready)" = "$id
$3" ] && exit ${restoreExits.ready}
${asideFunction}
rm -rf restore/ready restore/new restore/db
${unpackFunctions}
[ "$kind" = none ] && stop ${restoreExits.missing} 'the snapshot is gone'
echo "$id" >restore/id
unpack restore/db
[ "$(sha256sum <restore/db | cut -c 1-64)" = "$id" ] || stop ${restoreExits.damaged} 'the snapshot has changed since it was checked'
`.trim();

/** Checks what etcdctl made of the snapshot. Arguments: name, id, member, owner of the data as `uid:gid`. */
export const readyScript = String.raw`
${enter}
[ -e restore/ready ] && exit 0
[ -s restore/new/member/snap/db ] && [ -d restore/new/member/wal ] || { echo 'etcdctl made no data' >&2; exit ${restoreExits.damaged}; }
chown -R "$4" restore/new/member || exit 1
rm -f restore/db
sync
echo "$3" >restore/ready.new && mv restore/ready.new restore/ready
`.trim();

/** Puts the new data in the place of the old, which is moved aside. Arguments: name and id. */
export const swapScript = String.raw`
${enter}
${asideFunction}
[ -e restore/ready ] && [ "$(cat restore/id)" = "$id" ] || { echo 'the new data is not ready' >&2; exit 1; }
[ -d restore/new/member ] || exit 0
aside && mv restore/new/member member && sync
`.trim();

/** Moves the data of a member aside that joins the restored cluster. Arguments: name and id. */
export const asideScript = String.raw`
${enter}
mkdir -p restore
${asideFunction}
[ "$(cat restore/aside 2>/dev/null)" = "$id" ] && exit 0
aside && echo "$id" >restore/id && echo "$id" >restore/aside && sync
`.trim();

/** Records that etcd was healthy with the new data. */
export const acceptScript = `${enter}; : >restore/accepted`;

/** Keeps the old data as `before-restore`, instead of that of an earlier restore. */
export const settleScript = String.raw`
${enter}
[ -d restore ] || exit 0
if [ -d restore/old/member ]; then rm -rf before-restore; mv restore/old before-restore || exit 1; fi
rm -rf restore
`.trim();

/** Ends with 0 if the old data was moved, or new data has taken a place: putting it back moves data. */
export const isMovedScript = String.raw`
${enter}
[ -d restore/old/member ] || { [ -e restore/ready ] && [ ! -d restore/new/member ] && [ ! -e restore/accepted ]; }
`.trim();

/** Puts the old data back. Fails without any data: etcd must not start then. */
export const putBackScript = String.raw`
${enter}
if [ -d restore/old/member ]; then
  [ ! -e member ] || { rm -rf restore/failed && mv member restore/failed; } || exit 1
  mv restore/old/member member || exit 1
elif [ -e restore/ready ] && [ ! -d restore/new/member ] && [ ! -e restore/accepted ]; then
  rm -rf restore/failed && mv member restore/failed
fi
rm -rf restore
[ -d member ]
`.trim();

/** Removes what was prepared, before anything was stopped. */
export const discardScript = String.raw`
${enter}
[ -e restore/old/member ] || [ -e restore/accepted ] || rm -rf restore
`.trim();
