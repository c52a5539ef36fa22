// Command hyperkube is all of Kubernetes in one binary: the component is its first argument, or the name it is called by.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func command(name string) *cobra.Command {
	switch name {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return controllermanager.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kube-proxy":
		return proxy.NewProxyCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand()
	case "kubectl":
		return kubectl.NewDefaultKubectlCommand()
	}
	return nil
}

func main() {
	found := command(filepath.Base(os.Args[0]))
	if found == nil && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		found = command(os.Args[0])
	}
	if found == nil {
		fmt.Fprintln(os.Stderr, "hyperkube: name one of kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubelet, kubectl")
		os.Exit(2)
	}
	os.Exit(cli.Run(found))
}
