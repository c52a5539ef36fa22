// Command kube-dns stands in for the three programs of kube-dns, by the name that it is called: kube-dns answers for
// Services, dnsmasq-nanny forwards to it and to the name servers of the host, and sidecar reports whether both answer. It
// takes their arguments, and ends as they do: kube-dns ignores SIGTERM, dnsmasq-nanny stops at once.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

type repeated []string

func (list *repeated) String() string { return strings.Join(*list, " ") }
func (list *repeated) Set(value string) error {
	*list = append(*list, value)
	return nil
}

func main() {
	log.SetFlags(0)
	flag.Bool("logtostderr", true, "")
	flag.Int("v", 0, "")
	switch filepath.Base(os.Args[0]) {
	case "kube-dns":
		runKubeDNS()
	case "dnsmasq-nanny":
		runNanny()
	case "sidecar":
		runSidecar()
	default:
		log.Fatalf("unknown program %s", os.Args[0])
	}
}

func runKubeDNS() {
	domain := flag.String("domain", "cluster.local.", "")
	port := flag.Int("dns-port", 53, "")
	flag.String("config-dir", "", "")
	flag.Parse()
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	services := watchServices(strings.Trim(*domain, "."))
	go func() {
		http.HandleFunc("/readiness", func(w http.ResponseWriter, _ *http.Request) {
			if !services.isRead() {
				http.Error(w, "Services are not read yet", http.StatusServiceUnavailable)
			}
		})
		log.Fatal(http.ListenAndServe(":8081", nil))
	}()
	log.Fatal(serve(fmt.Sprintf(":%d", *port), services.answer))
}

func runNanny() {
	flag.String("configDir", "", "")
	flag.Bool("restartDnsmasq", false, "")
	flag.Parse()
	// What comes after `--` is for dnsmasq.
	dnsmasq := flag.NewFlagSet("dnsmasq", flag.ExitOnError)
	var servers repeated
	dnsmasq.Var(&servers, "server", "/ZONE/ADDRESS#PORT")
	dnsmasq.Bool("k", false, "")
	dnsmasq.Int("cache-size", 0, "")
	dnsmasq.String("log-facility", "", "")
	if err := dnsmasq.Parse(flag.Args()); err != nil {
		log.Fatal(err)
	}
	log.Fatal(serve(":53", newForwarder(servers).answer))
}

func runSidecar() {
	var probes repeated
	flag.Var(&probes, "probe", "NAME,ADDRESS,DOMAIN,SECONDS,TYPE")
	flag.Parse()
	for _, probe := range probes {
		part := strings.Split(probe, ",")
		http.HandleFunc("/healthcheck/"+part[0], func(w http.ResponseWriter, _ *http.Request) {
			if _, err := exchange(part[1], query(part[2])); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		})
	}
	http.HandleFunc("/metrics", func(http.ResponseWriter, *http.Request) {})
	log.Fatal(http.ListenAndServe(":10054", nil))
}
