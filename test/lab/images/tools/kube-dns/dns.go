package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

const (
	headerSize = 12
	typeA      = 1
	noError    = 0
	noName     = 3
)

// serve answers over UDP and TCP; an answer that is nil is not sent.
func serve(address string, answer func(message []byte) []byte) error {
	udp, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := tcp.Accept()
			if err != nil {
				continue
			}
			go func() {
				defer connection.Close()
				size := make([]byte, 2)
				for {
					if _, err := io.ReadFull(connection, size); err != nil {
						return
					}
					message := make([]byte, binary.BigEndian.Uint16(size))
					if _, err := io.ReadFull(connection, message); err != nil {
						return
					}
					reply := answer(message)
					connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
				}
			}()
		}
	}()
	buffer := make([]byte, 4096)
	for {
		size, from, err := udp.ReadFrom(buffer)
		if err != nil {
			return err
		}
		message := append([]byte(nil), buffer[:size]...)
		go func() {
			if reply := answer(message); reply != nil {
				udp.WriteTo(reply, from)
			}
		}()
	}
}

// question returns the name and the type that a message asks for, and where the question ends.
func question(message []byte) (name string, kind uint16, end int, err error) {
	at := headerSize
	var labels []string
	for {
		if at >= len(message) {
			return "", 0, 0, errors.New("truncated")
		}
		size := int(message[at])
		at++
		if size == 0 {
			break
		}
		if size > 63 || at+size > len(message) {
			return "", 0, 0, errors.New("invalid name")
		}
		labels = append(labels, strings.ToLower(string(message[at:at+size])))
		at += size
	}
	if at+4 > len(message) {
		return "", 0, 0, errors.New("truncated")
	}
	return strings.Join(labels, "."), binary.BigEndian.Uint16(message[at:]), at + 4, nil
}

// reply is the answer to a question that ends at `end`, with an A record if there is an address.
func reply(message []byte, end int, code byte, address net.IP) []byte {
	answer := append([]byte(nil), message[:end]...)
	answer[2] |= 0x84 // A response, authoritative.
	answer[3] = 0x80 | code
	for at := 6; at < headerSize; at++ {
		answer[at] = 0
	}
	if ip := address.To4(); ip != nil {
		answer[7] = 1
		answer = append(answer, 0xc0, headerSize, 0, typeA, 0, 1, 0, 0, 0, 5, 0, 4)
		answer = append(answer, ip...)
	}
	return answer
}

// query asks for the A record of a name.
func query(name string) []byte {
	message := []byte{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(strings.Trim(name, "."), ".") {
		message = append(append(message, byte(len(label))), label...)
	}
	return append(message, 0, 0, typeA, 0, 1)
}

func exchange(server string, message []byte) ([]byte, error) {
	connection, err := net.Dial("udp", server)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := connection.Write(message); err != nil {
		return nil, err
	}
	buffer := make([]byte, 4096)
	size, err := connection.Read(buffer)
	return buffer[:size], err
}
