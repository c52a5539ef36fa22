#!/bin/sh
# Puts the CNI plugins and their configuration on the host, the configuration last: with it the kubelet reports Ready
# and starts pods, which fail for as long as flannel has made no network. The pod has the host's network, so its link
# can be seen; a backend without a link of its own gets ten seconds.
set -e
cp -f /opt/cni/bin/* /host/opt/cni/bin/
tries=0
while [ ! -d /sys/class/net/flannel.1 ] && [ $tries -lt 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
file=/host/etc/cni/net.d/${CNI_CONF_NAME:-10-flannel.conflist}
printf '%s' "$CNI_NETWORK_CONFIG" >"$file.new" && mv "$file.new" "$file"
[ "${SLEEP:-true}" = false ] || while :; do sleep 86400; done
