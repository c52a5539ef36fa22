// Program kube-webhook-certgen creates the certificate of an admission webhook, and writes its CA into the webhook: the two
// commands of the one that RKE deploys, with the flags that RKE gives it.
package main

import (
	"encoding/base64"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("expected create or patch")
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	host := flags.String("host", "", "names in the certificate, separated by commas")
	namespace := flags.String("namespace", "", "namespace of the Secret")
	secret := flags.String("secret-name", "", "name of the Secret")
	webhook := flags.String("webhook-name", "", "name of the webhook configuration")
	policy := flags.String("patch-failure-policy", "", "failure policy to set")
	mutating := flags.Bool("patch-mutating", true, "not supported")
	if err := flags.Parse(os.Args[2:]); err != nil {
		log.Fatal(err)
	}
	secrets := "/api/v1/namespaces/" + *namespace + "/secrets"
	kube := newClient()
	switch os.Args[1] {
	case "create":
		if kube.get(secrets+"/"+*secret) != nil {
			log.Printf("%s exists already", *secret)
			return
		}
		kube.send(http.MethodPost, secrets, map[string]any{
			"apiVersion": "v1",
			"kind":       "Secret",
			"metadata":   map[string]any{"name": *secret},
			"data":       encode(newCertificate(strings.Split(*host, ","))),
		})
	case "patch":
		if *mutating {
			log.Fatal("mutating webhooks are not supported: give --patch-mutating=false")
		}
		patch(kube, secrets+"/"+*secret, *webhook, *policy)
	default:
		log.Fatalf("unknown command %q", os.Args[1])
	}
}

func patch(kube client, secret, webhook, policy string) {
	path := "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/" + webhook
	found, configuration := kube.get(secret), kube.get(path)
	if found == nil || configuration == nil {
		log.Fatalf("%s or %s does not exist", secret, webhook)
	}
	ca := fmt.Sprint(found["data"].(map[string]any)["ca"])
	for _, entry := range configuration["webhooks"].([]any) {
		one := entry.(map[string]any)
		one["clientConfig"].(map[string]any)["caBundle"] = ca
		if policy != "" {
			one["failurePolicy"] = policy
		}
	}
	kube.send(http.MethodPut, path, configuration)
}

func encode(files map[string][]byte) map[string]string {
	encoded := map[string]string{}
	for name, content := range files {
		encoded[name] = base64.StdEncoding.EncodeToString(content)
	}
	return encoded
}
