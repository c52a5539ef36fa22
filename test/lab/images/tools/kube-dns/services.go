package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// services has the addresses of Services by their names, read from the API every second.
type services struct {
	domain string
	lock   sync.Mutex
	byName map[string]net.IP
}

func watchServices(domain string) *services {
	found := &services{domain: domain}
	authority, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
	}
	go func() {
		for ; ; time.Sleep(time.Second) {
			if err := found.read(client); err != nil {
				log.Print(err)
			}
		}
	}()
	return found
}

func (found *services) read(client *http.Client) error {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	api := "https://" + net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest("GET", api+"/api/v1/services", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var list struct {
		Items []struct {
			Metadata struct{ Name, Namespace string }
			Spec     struct{ ClusterIP string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		return err
	}
	if len(list.Items) == 0 {
		return nil // An error of the API, such as one of its authorization.
	}
	byName := map[string]net.IP{}
	for _, one := range list.Items {
		byName[one.Metadata.Name+"."+one.Metadata.Namespace+".svc."+found.domain] = net.ParseIP(one.Spec.ClusterIP)
	}
	found.lock.Lock()
	defer found.lock.Unlock()
	found.byName = byName
	return nil
}

func (found *services) isRead() bool {
	found.lock.Lock()
	defer found.lock.Unlock()
	return found.byName != nil
}

func (found *services) answer(message []byte) []byte {
	name, kind, end, err := question(message)
	if err != nil {
		return nil
	}
	found.lock.Lock()
	address, isKnown := found.byName[strings.TrimSuffix(name, ".")]
	found.lock.Unlock()
	if !isKnown {
		return reply(message, end, noName, nil)
	}
	if kind != typeA {
		return reply(message, end, noError, nil)
	}
	return reply(message, end, noError, address)
}
