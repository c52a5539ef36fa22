package main

import (
	"os"
	"strings"
)

// forwarder sends a question to the server of its longest zone, others to the first name server of the host.
type forwarder struct {
	zones    map[string]string
	upstream string
}

func newForwarder(servers []string) *forwarder {
	found := &forwarder{zones: map[string]string{}, upstream: firstNameServer()}
	for _, server := range servers {
		part := strings.Split(server, "/")
		if len(part) == 3 {
			found.zones[part[1]] = strings.Replace(part[2], "#", ":", 1)
		}
	}
	return found
}

func firstNameServer() string {
	text, _ := os.ReadFile("/etc/resolv.conf")
	for _, line := range strings.Split(string(text), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "nameserver" {
			return fields[1] + ":53"
		}
	}
	return ""
}

func (to *forwarder) answer(message []byte) []byte {
	name, _, _, err := question(message)
	if err != nil {
		return nil
	}
	server, size := to.upstream, 0
	for zone, address := range to.zones {
		if (name == zone || strings.HasSuffix(name, "."+zone)) && len(zone) > size {
			server, size = address, len(zone)
		}
	}
	answer, err := exchange(server, message)
	if err != nil {
		return nil
	}
	return answer
}
