#!/bin/bash
# Runs inside the Kubernetes image, from the volume of service-sidekick: prepares a host for the kubelet, then runs the
# component that its first argument names. A step that fails does not stop the start, as in rke-tools.
tools=/opt/rke-tools

start_kubelet() {
  local driver version
  driver=$("$tools/bin/docker" info --format '{{.CgroupDriver}}')
  version=$("$tools/bin/docker" info --format '{{.CgroupVersion}}')

  mount --rbind /host/dev /dev
  mount -o remount,rw /sys/fs/cgroup 2>/dev/null
  [ "$version" = 1 ] && for controller in /sys/fs/cgroup/*/; do mkdir -p "$controller/kubepods" 2>/dev/null; done
  sysctl -q -w net.bridge.bridge-nf-call-iptables=1 2>/dev/null
  for release in /host/usr/lib/os-release /host/etc/os-release; do
    [ -f "$release" ] && ln -sf "$release" /usr/lib/os-release && break
  done
  pgrep -f systemd-resolved >/dev/null && [ -f /run/systemd/resolve/resolv.conf ] &&
    set -- "$@" --resolv-conf=/run/systemd/resolve/resolv.conf
  set -- "$@" "--cgroup-driver=$driver"

  if [ -n "$RKE_KUBELET_DOCKER_CONFIG" ]; then
    mkdir -p "$(dirname "$RKE_KUBELET_DOCKER_FILE")"
    (umask 077 && base64 -d <<<"$RKE_KUBELET_DOCKER_CONFIG" >"$RKE_KUBELET_DOCKER_FILE")
  fi
  [ "$RKE_KUBELET_CRIDOCKERD" = true ] || exec "$@"

  local pause='' endpoint='' argument
  for argument in "$@"; do
    case $argument in
      --pod-infra-container-image=*) pause=${argument#*=} ;;
      --container-runtime-endpoint=*) endpoint=${argument#*=} ;;
    esac
  done
  case $endpoint in unix://*) ;; *) endpoint=unix://$endpoint ;; esac
  rm -f "${endpoint#unix://}"
  "$tools/bin/cri-dockerd" --network-plugin=cni --cni-conf-dir=/etc/cni/net.d --cni-bin-dir=/opt/cni/bin \
    "--pod-infra-container-image=$pause" "--container-runtime-endpoint=$endpoint" \
    "--streaming-bind-addr=${CRIDOCKERD_STREAM_SERVER_ADDRESS:-127.0.0.1}:${CRIDOCKERD_STREAM_SERVER_PORT:-10010}" &
  # The kubelet gives up at once when its runtime is not there. (rke-tools sleeps ten seconds instead.)
  while [ ! -S "${endpoint#unix://}" ] && kill -0 $! 2>/dev/null; do sleep 0.05; done
  "$@" &
  wait -n
  exit
}

[ "$1" = kubelet ] && start_kubelet "$@"
exec "$@"
