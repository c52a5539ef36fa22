/**
 * Makes a container a node, then runs what follows it. Mounts are shared, because the kubelet mounts into a container; pods
 * inherit resolv.conf, in which Docker's resolver would be the container itself; each node needs a machine ID.
 */
export const entryScript = `mount --make-rshared /
for server in $RKE_DIND_DNS; do echo "nameserver $server"; done >/etc/resolv.conf
[ -s /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
echo 1 2>/dev/null >/proc/sys/net/ipv4/conf/all/rp_filter
exec "$@"`;

/** Waits up to 90 s until the Docker of a node answers. */
export const waitScript = `i=0
until docker -H unix:///var/run/docker.sock version >/dev/null 2>&1; do
i=$((i + 1)); [ "$i" -lt 180 ] || exit 1; sleep 0.5
done`;
