// Command rke-etcd-backup stands in for the program of that name in rancher/rke-tools: snapshots of etcd on a host, kept
// as zip files in /backup. It has the same sub-commands, flags and file names; every upload to S3 fails, after the snapshot was
// saved, as with a bucket that denies access.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
)

const backupFolder = "/backup"

type options struct {
	name, endpoints, cacert, cert, key string
	creation, retention                durationFlag
	once, cleanup, s3                  bool
	localEndpoint                      string
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "etcd-backup" {
		log.Fatal("usage: rke-etcd-backup etcd-backup save|delete|download|extractstatefile|serve")
	}
	o := parse(os.Args[2], os.Args[3:])
	commands := map[string]func(options) error{
		"save": save, "delete": remove, "download": download, "extractstatefile": extractState, "serve": serve,
	}
	command, ok := commands[os.Args[2]]
	if !ok {
		log.Fatalf("no command %q", os.Args[2])
	}
	if err := command(o); err != nil {
		log.Fatal(err)
	}
}

func parse(command string, arguments []string) options {
	var o options
	o.creation.set("5m")
	o.retention.set("24h")
	flags := flag.NewFlagSet(command, flag.ExitOnError)
	flags.StringVar(&o.name, "name", "", "name of the snapshot")
	flags.StringVar(&o.endpoints, "endpoints", "127.0.0.1:2379", "where etcd listens")
	flags.StringVar(&o.cacert, "cacert", os.Getenv("ETCD_CACERT"), "")
	flags.StringVar(&o.cert, "cert", os.Getenv("ETCD_CERT"), "")
	flags.StringVar(&o.key, "key", os.Getenv("ETCD_KEY"), "")
	flags.StringVar(&o.localEndpoint, "local-endpoint", os.Getenv("LOCAL_ENDPOINT"), "peer to download from")
	flags.Var(&o.creation, "creation", "between two snapshots")
	flags.Var(&o.retention, "retention", "for how long snapshots are kept")
	flags.BoolVar(&o.once, "once", false, "one snapshot, then end")
	flags.BoolVar(&o.cleanup, "cleanup", false, "delete the unpacked file only")
	flags.BoolVar(&o.s3, "s3-backup", false, "")
	flags.Bool("debug", false, "")
	for _, name := range []string{"s3-endpoint", "s3-bucketName", "s3-region", "s3-endpoint-ca", "s3-folder", "backup-retries", "s3-retries"} {
		flags.String(name, "", "")
	}
	flags.Parse(arguments)
	if command == "save" && (o.cacert == "" || o.cert == "" || o.key == "") {
		fmt.Fprintln(os.Stderr, "save needs --cacert, --cert and --key")
		os.Exit(1)
	}
	return o
}
