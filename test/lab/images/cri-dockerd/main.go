// Command cri-dockerd stands in for the program of that name, which is not to be had as a module: it serves the kubelet's
// container runtime interface from a Docker daemon by the dockershim of Kubernetes 1.23, where the real one came from.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/docker/docker/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/kubernetes/pkg/kubelet/cri/streaming"
	"k8s.io/kubernetes/pkg/kubelet/dockershim"
	"k8s.io/kubernetes/pkg/kubelet/dockershim/remote"
)

const (
	dockerSocket = "unix:///var/run/docker.sock"
	maxMessage   = 16 << 20
)

type settings struct {
	endpoint, pause, confDir, binDir, root, streamAddress string
}

func main() {
	var s settings
	flag.StringVar(&s.endpoint, "container-runtime-endpoint", "unix:///var/run/cri-dockerd.sock", "where to serve")
	flag.StringVar(&s.pause, "pod-infra-container-image", "rancher/mirrored-pause:3.7", "image of a pod's sandbox")
	flag.StringVar(&s.confDir, "cni-conf-dir", "/etc/cni/net.d", "")
	flag.StringVar(&s.binDir, "cni-bin-dir", "/opt/cni/bin", "")
	flag.StringVar(&s.root, "cri-dockerd-root-directory", "/var/lib/cri-dockerd", "")
	flag.StringVar(&s.streamAddress, "streaming-bind-addr", "127.0.0.1:0", "address for exec, attach and port-forward")
	flag.String("network-plugin", "cni", "the only one")
	flag.Parse()
	if err := serve(s); err != nil {
		log.Fatal(err)
	}
}

func serve(s settings) error {
	docker, err := client.NewClientWithOpts(client.WithHost(dockerSocket), client.WithAPIVersionNegotiation())
	if err != nil {
		return err
	}
	info, err := docker.Info(context.Background())
	if err != nil {
		return err
	}
	shim, err := newShim(s, info.CgroupDriver)
	if err != nil {
		return err
	}
	// The shim speaks v1alpha2; it listens beside the real endpoint, behind the proxy that speaks v1.
	behind := s.endpoint + ".v1alpha2"
	if err := remote.NewDockerServer(behind, withStats{shim, docker, info.DockerRootDir}).Start(); err != nil {
		return err
	}
	return proxy(s.endpoint, behind)
}

func newShim(s settings, cgroupDriver string) (dockershim.DockerService, error) {
	streams := streaming.DefaultConfig
	streams.Addr = s.streamAddress
	return dockershim.NewDockerService(
		&dockershim.ClientConfig{DockerEndpoint: dockerSocket, RuntimeRequestTimeout: 2 * time.Minute, ImagePullProgressDeadline: time.Minute},
		s.pause, &streams,
		&dockershim.NetworkPluginSettings{
			PluginName: "cni", PluginConfDir: s.confDir, PluginBinDirString: s.binDir,
			PluginCacheDir: "/var/lib/cni/cache", HairpinMode: "hairpin-veth",
		},
		"", cgroupDriver, s.root)
}

func proxy(front, behind string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	backend, err := grpc.DialContext(ctx, behind, grpc.WithBlock(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)))
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(front, "unix://")
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	return grpc.NewServer(grpc.CustomCodec(bytesCodec{}), grpc.UnknownServiceHandler(rename(backend)),
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage)).Serve(listener)
}
