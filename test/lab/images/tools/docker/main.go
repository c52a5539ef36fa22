// Command docker answers `docker info --format TEMPLATE`, which is all that the kubelet's entry script asks of it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"text/template"
)

func main() {
	if len(os.Args) != 4 || os.Args[1] != "info" {
		fmt.Fprintln(os.Stderr, "usage: docker info --format TEMPLATE")
		os.Exit(2)
	}
	if err := info(os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "docker info:", err)
		os.Exit(1)
	}
}

func info(format string) error {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", "/var/run/docker.sock")
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial}}
	answer, err := client.Get("http://docker/info")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var facts map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&facts); err != nil {
		return err
	}
	line, err := template.New("format").Parse(format + "\n")
	if err != nil {
		return err
	}
	return line.Execute(os.Stdout, facts)
}
