// Command rke-etcd-backup stands in for the program of that name in rancher/rke-tools: snapshots of etcd on a host, kept
// as zip files in /backup, and in S3. It has the same sub-commands, flags, variables, file names and exit codes, and the same S3
// client.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
)

const backupFolder = "/backup"

type options struct {
	name, endpoints, cacert, cert, key string
	creation, retention                durationFlag
	once, cleanup                      bool
	localEndpoint                      string
	s3                                 s3Options
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
	flags.Bool("debug", false, "")
	flags.Uint("backup-retries", 0, "")
	flags.Uint("s3-retries", 0, "")
	isOn, _ := strconv.ParseBool(os.Getenv("S3_BACKUP"))
	flags.BoolVar(&o.s3.isOn, "s3-backup", isOn, "use the bucket")
	flags.StringVar(&o.s3.endpoint, "s3-endpoint", os.Getenv("S3_ENDPOINT"), "")
	flags.StringVar(&o.s3.accessKey, "s3-accessKey", os.Getenv("S3_ACCESS_KEY"), "in base64")
	flags.StringVar(&o.s3.secretKey, "s3-secretKey", os.Getenv("S3_SECRET_KEY"), "in base64")
	flags.StringVar(&o.s3.bucket, "s3-bucketName", os.Getenv("S3_BUCKET_NAME"), "")
	flags.StringVar(&o.s3.region, "s3-region", os.Getenv("S3_BUCKET_REGION"), "")
	flags.StringVar(&o.s3.endpointCA, "s3-endpoint-ca", os.Getenv("S3_ENDPOINT_CA"), "in base64, or a file")
	flags.StringVar(&o.s3.folder, "s3-folder", os.Getenv("S3_FOLDER"), "")
	flags.Parse(arguments)
	if command == "save" && (o.cacert == "" || o.cert == "" || o.key == "") {
		fmt.Fprintln(os.Stderr, "save needs --cacert, --cert and --key")
		os.Exit(1)
	}
	return o
}
