package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const apiServer = "https://127.0.0.1:6443/api/v1/namespaces/kube-system/"

// fetchState writes the cluster's copy of its state beside the certificates, for the snapshot to take along: a Secret,
// or a ConfigMap from older versions. (The real program calls kubectl for it; this image has none, to stay small.)
func fetchState(o options, name string) error {
	config, err := clientTLS(o)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 30 * time.Second}
	for _, kind := range []string{"secrets", "configmaps"} {
		answer, err := client.Get(apiServer + kind + "/full-cluster-state")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			continue
		}
		var object struct{ Data map[string]string }
		if err := json.NewDecoder(answer.Body).Decode(&object); err != nil {
			return err
		}
		state := []byte(object.Data["full-cluster-state"])
		if kind == "secrets" {
			if state, err = base64.StdEncoding.DecodeString(string(state)); err != nil {
				return err
			}
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, state, "", "  "); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(configFolder, name+".rkestate"), pretty.Bytes(), 0o600)
	}
	return fmt.Errorf("neither Secret nor ConfigMap full-cluster-state can be read")
}
