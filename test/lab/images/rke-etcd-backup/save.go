package main

import (
	"archive/zip"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const configFolder = "/etc/kubernetes"

// save takes one snapshot, or one after each interval: the first when one interval has passed.
func save(o options) error {
	if o.creation.Duration == 0 || o.retention.Duration == 0 {
		return fmt.Errorf("Creation period and/or retention are not set")
	}
	if o.once {
		if err := snapshot(o, o.name); err != nil {
			return err
		}
		if o.s3.isOn {
			return upload(o.s3, o.name)
		}
		return nil
	}
	for now := range time.Tick(o.creation.Duration) {
		name := now.Format(time.RFC3339) + "_etcd"
		if err := fetchState(o, name); err != nil {
			log.Printf("cluster state is not in this snapshot: %v", err)
		}
		if err := snapshot(o, name); err != nil {
			log.Printf("no snapshot %s: %v", name, err)
			continue
		}
		before := now.Add(-o.retention.Duration)
		dropOld(before)
		if !o.s3.isOn {
			continue
		}
		if err := upload(o.s3, name); err != nil {
			log.Print(err)
			continue
		}
		if err := dropOldFromS3(o.s3, before); err != nil {
			log.Print(err)
		}
	}
	return nil
}

func snapshot(o options, name string) error {
	raw := filepath.Join(backupFolder, name)
	common := []string{"--endpoints=" + o.endpoints, "--cacert=" + o.cacert, "--cert=" + o.cert, "--key=" + o.key}
	health, err := etcdctl(append(common, "endpoint", "health"))
	if err != nil || strings.Contains(health, "unhealthy") {
		return fmt.Errorf("etcd is not healthy: %s (%v)", health, err)
	}
	if said, err := etcdctl(append(common, "snapshot", "save", raw)); err != nil {
		return fmt.Errorf("etcdctl snapshot save: %s (%w)", said, err)
	}
	state := filepath.Join(configFolder, name+".rkestate")
	if err := pack(raw+".zip", raw, state); err != nil {
		return err
	}
	os.Remove(state)
	log.Printf("saved %s.zip", raw)
	return os.Remove(raw)
}

func etcdctl(arguments []string) (string, error) {
	command := exec.Command("etcdctl", arguments...)
	command.Env = append(os.Environ(), "ETCDCTL_API=3")
	said, err := command.CombinedOutput()
	return string(said), err
}

// pack writes the files that exist under their full names, with a fixed time, so that equal data gives equal zips.
func pack(target string, files ...string) error {
	out, err := os.OpenFile(target, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	for _, file := range files {
		in, err := os.Open(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		defer in.Close()
		info, err := in.Stat()
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: file, Method: zip.Deflate, Modified: time.Unix(0, 0)}
		header.SetMode(info.Mode())
		entry, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := io.Copy(entry, in); err != nil {
			return err
		}
	}
	return archive.Close()
}

// dropOld removes recurring snapshots, which begin with the time they were taken at; named ones are kept.
func dropOld(before time.Time) {
	entries, err := os.ReadDir(backupFolder)
	if err != nil {
		log.Print(err)
		return
	}
	for _, entry := range entries {
		taken, isRecurring := takenAt(entry.Name())
		if isRecurring && entry.Type().IsRegular() && taken.Before(before) {
			os.Remove(filepath.Join(backupFolder, entry.Name()))
		}
	}
}

// takenAt is the time that the name of a recurring snapshot begins with.
func takenAt(name string) (time.Time, bool) {
	stamp, _, _ := strings.Cut(name, "_")
	taken, err := time.Parse(time.RFC3339, stamp)
	return taken, err == nil
}
