// Command flanneld puts flannel's own packages together for a Kubernetes cluster: leases from node objects, the vxlan and
// host-gw backends, iptables. Upstream's main package also wants cloud backends whose modules are not served to everyone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/alloc"
	_ "github.com/flannel-io/flannel/pkg/backend/hostgw"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ip"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr/iptables"
	"k8s.io/klog/v2"
)

const (
	annotationPrefix = "flannel.alpha.coreos.com"
	networkFile      = "/etc/kube-flannel/net-conf.json"
	subnetFile       = "/run/flannel/subnet.env"
	resyncSeconds    = 5
)

type names []string

func (n *names) Set(name string) error { *n = append(*n, name); return nil }
func (n *names) String() string        { return strings.Join(*n, ",") }

type settings struct {
	interfaces names
	masquerade bool
}

func main() {
	klog.InitFlags(nil)
	var s settings
	flag.Var(&s.interfaces, "iface", "interface for traffic between nodes, by name or address; may be repeated")
	flag.BoolVar(&s.masquerade, "ip-masq", false, "masquerade what leaves the pod network")
	flag.Bool("kube-subnet-mgr", true, "the only way to get subnets that is built in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, s); err != nil && !errors.Is(err, context.Canceled) {
		klog.Fatal(err)
	}
}

func serve(ctx context.Context, s settings) error {
	leases, err := kube.NewSubnetManager(ctx, "", "", annotationPrefix, networkFile, true)
	if err != nil {
		return fmt.Errorf("reach the API: %w", err)
	}
	config, err := networkConfig(ctx, leases)
	if err != nil {
		return err
	}
	out, err := outgoing(config, s.interfaces)
	if err != nil {
		return err
	}
	kind, err := backend.NewManager(ctx, leases, out).GetBackend(config.BackendType)
	if err != nil {
		return fmt.Errorf("backend %s: %w", config.BackendType, err)
	}
	var running sync.WaitGroup
	network, err := kind.RegisterNetwork(ctx, &running, config)
	if err != nil {
		return fmt.Errorf("join the network: %w", err)
	}
	if err := rules(ctx, &running, s, config, network); err != nil {
		return err
	}
	lease := network.Lease()
	if err := leases.HandleSubnetFile(subnetFile, config, s.masquerade, lease.Subnet, lease.IPv6Subnet, network.MTU()); err != nil {
		return fmt.Errorf("write %s: %w", subnetFile, err)
	}
	running.Add(1)
	go func() {
		defer running.Done()
		network.Run(ctx)
	}()
	err = leases.CompleteLease(ctx, lease, &running)
	running.Wait()
	return err
}

// networkConfig waits for the configuration: the node may not have been given its pod CIDR yet.
func networkConfig(ctx context.Context, leases subnet.Manager) (*subnet.Config, error) {
	for {
		config, err := leases.GetNetworkConfig(ctx)
		if err == nil {
			return config, nil
		}
		klog.Warningf("no network configuration yet: %v", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// outgoing is the first of the wanted interfaces that exists, or the one of the default route.
func outgoing(config *subnet.Config, wanted names) (*backend.ExternalInterface, error) {
	family, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		wanted = names{""}
	}
	var failures []error
	for _, name := range wanted {
		found, err := ipmatch.LookupExtIface(name, "", "", family, ipmatch.PublicIPOpts{})
		if err == nil {
			return found, nil
		}
		failures = append(failures, fmt.Errorf("interface %q: %w", name, err))
	}
	return nil, errors.Join(failures...)
}

func rules(ctx context.Context, running *sync.WaitGroup, s settings, config *subnet.Config, network backend.Network) error {
	manager := &iptables.IPTablesManager{}
	if err := manager.Init(ctx, running); err != nil {
		return fmt.Errorf("iptables: %w", err)
	}
	manager.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, resyncSeconds)
	if !s.masquerade {
		return nil
	}
	before, before6 := ip.IP4Net{}, ip.IP6Net{}
	return manager.SetupAndEnsureMasqRules(ctx, config.Network, before, ip.IP4Net{}, config.IPv6Network, before6, ip.IP6Net{},
		network.Lease(), resyncSeconds)
}
