// Command cluster-proportional-autoscaler stands in for the program that scales CoreDNS: replicas in proportion to cores
// and nodes. The "linear" mode only; parameters come from the ConfigMap, which it makes from --default-params.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

type linear struct {
	CoresPerReplica           float64 `json:"coresPerReplica"`
	NodesPerReplica           float64 `json:"nodesPerReplica"`
	Min                       int     `json:"min"`
	Max                       int     `json:"max"`
	PreventSinglePointFailure bool    `json:"preventSinglePointFailure"`
}

func main() {
	namespace := flag.String("namespace", "", "")
	configMap := flag.String("configmap", "", "")
	target := flag.String("target", "", "Deployment/NAME")
	defaults := flag.String("default-params", "{}", "")
	nodeLabels := flag.String("nodelabels", "", "")
	flag.Bool("logtostderr", true, "")
	flag.Int("v", 0, "")
	flag.Parse()
	go http.ListenAndServe(":8080", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }))

	api := connect()
	maps := "/api/v1/namespaces/" + *namespace + "/configmaps"
	scale := "/apis/apps/v1/namespaces/" + *namespace + "/deployments/" + strings.TrimPrefix(*target, "Deployment/") + "/scale"
	nodes := "/api/v1/nodes?labelSelector=" + url.QueryEscape(*nodeLabels)
	for ; ; time.Sleep(10 * time.Second) {
		if err := step(api, maps, *configMap, *defaults, nodes, scale); err != nil {
			log.Print(err)
		}
	}
}

func step(api *client, maps, name, defaults, nodes, scale string) error {
	params, err := parameters(api, maps, name, defaults)
	if err != nil {
		return err
	}
	var found struct {
		Items []struct {
			Status struct{ Capacity map[string]string }
		}
	}
	if err := api.call("GET", nodes, nil, &found); err != nil {
		return err
	}
	cores := 0
	for _, node := range found.Items {
		count, _ := strconv.Atoi(node.Status.Capacity["cpu"])
		cores += count
	}
	wanted := replicas(params, len(found.Items), cores)
	var current struct{ Spec struct{ Replicas int } }
	if err := api.call("GET", scale, nil, &current); err != nil {
		return err
	}
	if current.Spec.Replicas == wanted {
		return nil
	}
	log.Printf("%d nodes, %d cores: from %d to %d replicas", len(found.Items), cores, current.Spec.Replicas, wanted)
	var full map[string]any
	if err := api.call("GET", scale, nil, &full); err != nil {
		return err
	}
	full["spec"] = map[string]any{"replicas": wanted}
	return api.call("PUT", scale, full, nil)
}

func replicas(p linear, nodes, cores int) int {
	wanted := math.Max(ratio(cores, p.CoresPerReplica), ratio(nodes, p.NodesPerReplica))
	if p.PreventSinglePointFailure && nodes > 1 {
		wanted = math.Max(wanted, 2)
	}
	if p.Max > 0 {
		wanted = math.Min(wanted, float64(p.Max))
	}
	return int(math.Max(wanted, math.Max(1, float64(p.Min))))
}

func ratio(have int, each float64) float64 {
	if each == 0 {
		return 0
	}
	return math.Ceil(float64(have) / each)
}

func parameters(api *client, maps, name, defaults string) (linear, error) {
	var stored struct{ Data map[string]string }
	if err := api.call("GET", maps+"/"+name, nil, &stored); err != nil {
		var modes map[string]json.RawMessage
		if err := json.Unmarshal([]byte(defaults), &modes); err != nil {
			return linear{}, err
		}
		data := map[string]string{}
		for mode, text := range modes {
			data[mode] = string(text)
		}
		body := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}, "data": data}
		if err := api.call("POST", maps, body, &stored); err != nil {
			return linear{}, err
		}
	}
	var p linear
	return p, json.Unmarshal([]byte(stored.Data["linear"]), &p)
}

type client struct {
	http http.Client
	base string
}

func connect() *client {
	roots := x509.NewCertPool()
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	base := "https://" + os.Getenv("KUBERNETES_SERVICE_HOST") + ":" + os.Getenv("KUBERNETES_SERVICE_PORT")
	return &client{http.Client{Transport: transport, Timeout: 10 * time.Second}, base}
}

func (c *client) call(method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, c.base+path, content)
	if err != nil {
		return err
	}
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, said)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
