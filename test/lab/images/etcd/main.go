// Command etcd is upstream's server; etcdctl is built beside it as a tool of this module.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
