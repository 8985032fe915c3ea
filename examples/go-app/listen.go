package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// listen opens the slot's unix socket, or the TCP port where no socket is set.
//
// A socket file that a killed process left behind is removed first. It is not removed at the end: by then the
// path may already belong to the next process, or be the one that the proxy switches back to.
func listen(s settings) (net.Listener, error) {
	if s.socket == "" {
		return net.Listen("tcp", ":"+s.port)
	}
	info, err := os.Lstat(s.socket)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSocket == 0:
		return nil, fmt.Errorf("SOCKET %s is there and is not a socket", s.socket)
	default:
		if err := os.Remove(s.socket); err != nil {
			return nil, err
		}
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.socket, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false)
	// The proxy is in the group of the socket.
	if err := os.Chmod(s.socket, 0o660); err != nil {
		listener.Close()
		return nil, err
	}
	return listener, nil
}
