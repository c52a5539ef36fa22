package main

import (
	"archive/zip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

const servePort = "2379"

// remove deletes a snapshot, in the bucket too; with --cleanup only its unpacked file, if the archive is there.
func remove(o options) error {
	if o.name == "" {
		return fmt.Errorf("snapshot name is required")
	}
	raw := filepath.Join(backupFolder, o.name)
	if o.cleanup {
		if _, err := os.Stat(raw + ".zip"); err == nil {
			return os.RemoveAll(raw)
		}
	} else {
		for _, file := range []string{raw + ".zip", raw} {
			if err := os.RemoveAll(file); err != nil {
				return err
			}
		}
	}
	if !o.s3.isOn {
		return nil
	}
	return removeFromS3(o.s3, o.name)
}

// download takes a snapshot from the bucket, or from the peer that serves it.
func download(o options) error {
	if o.s3.isOn {
		return downloadFromS3(o)
	}
	config, err := clientTLS(o)
	if err != nil {
		return err
	}
	config.InsecureSkipVerify = true
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	answer, err := client.Get(fmt.Sprintf("https://%s:%s/%s", o.localEndpoint, servePort, o.name))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", o.localEndpoint, answer.Status)
	}
	return write(filepath.Join(backupFolder, o.name), answer.Body)
}

// serve gives the snapshot to peers with a certificate of the cluster.
func serve(o options) error {
	raw := filepath.Join(backupFolder, o.name)
	if _, err := os.Stat(raw + ".zip"); err == nil {
		if err := unpack(raw+".zip", raw, raw); err != nil {
			return err
		}
	}
	config, err := clientTLS(o)
	if err != nil {
		return err
	}
	config.ClientAuth, config.ClientCAs, config.MinVersion = tls.RequireAndVerifyClientCert, config.RootCAs, tls.VersionTLS12
	mux := http.NewServeMux()
	mux.HandleFunc("/"+o.name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, raw) })
	server := http.Server{Addr: ":" + servePort, Handler: mux, TLSConfig: config}
	return server.ListenAndServeTLS("", "")
}

// extractState puts the cluster state of a snapshot where RKE fetches it.
func extractState(o options) error {
	if o.s3.isOn {
		if err := downloadFromS3(o); err != nil {
			return err
		}
	}
	raw := filepath.Join(backupFolder, o.name)
	return unpack(raw+".zip", filepath.Join(configFolder, o.name+".rkestate"), "/tmp/cluster.rkestate")
}

func clientTLS(o options) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(o.cacert)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots}, nil
}

func unpack(archive, name, target string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, file := range reader.File {
		if file.Name != name {
			continue
		}
		in, err := file.Open()
		if err != nil {
			return err
		}
		defer in.Close()
		return write(target, in)
	}
	return fmt.Errorf("%s has no %s", archive, name)
}

func write(target string, content io.Reader) error {
	out, err := os.OpenFile(target, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, content)
	return err
}
