package main

import (
	"strings"

	"google.golang.org/grpc"
)

// bytesCodec leaves messages as they are on the wire.
type bytesCodec struct{}

func (bytesCodec) Name() string   { return "proto" }
func (bytesCodec) String() string { return "proto" }

func (bytesCodec) Marshal(message interface{}) ([]byte, error) { return *message.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, message interface{}) error {
	*message.(*[]byte) = append([]byte{}, data...)
	return nil
}

// rename answers each call of runtime.v1 with the same call of runtime.v1alpha2, whose messages are equal byte for byte.
func rename(backend *grpc.ClientConn) grpc.StreamHandler {
	return func(_ interface{}, stream grpc.ServerStream) error {
		var request, answer []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		method, _ := grpc.MethodFromServerStream(stream)
		old := strings.Replace(method, "/runtime.v1.", "/runtime.v1alpha2.", 1)
		if err := backend.Invoke(stream.Context(), old, &request, &answer, grpc.ForceCodec(bytesCodec{})); err != nil {
			return err
		}
		return stream.SendMsg(&answer)
	}
}
