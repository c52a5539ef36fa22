package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// client speaks with the API server as the account of the pod.
type client struct {
	http  http.Client
	base  string
	token string
}

func newClient() client {
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	token, err := os.ReadFile(account + "token")
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return client{
		http: http.Client{
			Timeout:   20 * time.Second,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
		},
		base:  "https://" + net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")),
		token: string(token),
	}
}

// get returns nil for an object that does not exist.
func (one client) get(path string) map[string]any {
	status, body := one.ask(http.MethodGet, path, nil)
	if status == http.StatusNotFound {
		return nil
	}
	return one.object(path, status, body)
}

func (one client) send(method, path string, object any) {
	text, err := json.Marshal(object)
	if err != nil {
		log.Fatal(err)
	}
	status, body := one.ask(method, path, text)
	one.object(path, status, body)
}

func (one client) ask(method, path string, body []byte) (int, []byte) {
	request, err := http.NewRequest(method, one.base+path, bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+one.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := one.http.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	return answer.StatusCode, text
}

func (one client) object(path string, status int, body []byte) map[string]any {
	if status >= http.StatusMultipleChoices {
		log.Fatalf("%s: %d: %s", path, status, body)
	}
	object := map[string]any{}
	if err := json.Unmarshal(body, &object); err != nil {
		log.Fatal(err)
	}
	return object
}
