package soap_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"storefront/internal/soap"
)

// Right before the first byte the caller is asked, when the connection stands already: nothing of a call that is too late
// reaches the service, and that is certain.
func TestCallTooLateSendsNothing(t *testing.T) {
	var bytes, connections atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		connections.Add(1)
		n, _ := conn.Read(make([]byte, 1<<10))
		bytes.Add(int64(n))
		_ = conn.Close()
	}()
	asked := 0
	ctx := soap.StartIf(t.Context(), func() bool { asked++; return false })
	transport, _ := dumped(t, "http://"+listener.Addr().String(), 1) // what dumps a call reads it beforehand
	err = transport.RoundTrip(ctx, tell())
	<-closed
	_ = listener.Close()
	var lost *soap.TransportError
	if !errors.As(err, &lost) || lost.Started || lost.Cause != soap.CauseTimeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that is too late: %v", err)
	}
	if asked != 1 || connections.Load() != 1 || bytes.Load() != 0 {
		t.Errorf("asked %d times over %d connections, %d bytes sent; want once, one, none", asked, connections.Load(), bytes.Load())
	}
}

func TestCallInTimeIsAskedOnce(t *testing.T) {
	asked := 0
	transport := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, good) })
	err := transport.RoundTrip(soap.StartIf(t.Context(), func() bool { asked++; return true }), tell())
	if err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}
