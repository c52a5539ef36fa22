// Command nginx-proxy does for a worker what nginx does in the real image: port 6443 of every control plane in CP_HOSTS,
// in turn, behind port 6443 of this host. Arguments are ignored, as there.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

const connectTimeout = 2 * time.Second

func main() {
	hosts := strings.Split(os.Getenv("CP_HOSTS"), ",")
	listener, err := net.Listen("tcp", ":6443")
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("6443 to %v", hosts)
	var next atomic.Uint32
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(client.(*net.TCPConn), hosts, int(next.Add(1)))
	}
}

// serve tries each host once, from the one whose turn it is.
func serve(client *net.TCPConn, hosts []string, turn int) {
	defer client.Close()
	for i := range hosts {
		address := net.JoinHostPort(hosts[(turn+i)%len(hosts)], "6443")
		server, err := net.DialTimeout("tcp", address, connectTimeout)
		if err != nil {
			log.Print(err)
			continue
		}
		join(client, server.(*net.TCPConn))
		return
	}
}

func join(a, b *net.TCPConn) {
	defer b.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(b, a)
		b.CloseWrite()
		close(done)
	}()
	io.Copy(a, b)
	a.CloseWrite()
	<-done
}
