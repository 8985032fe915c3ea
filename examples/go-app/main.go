// go-app is a small order service: the example that nante builds, tests, publishes and deploys.
//
// It shows what an application needs for deploys without downtime: a socket of its own per slot, a health
// check that tells the truth, a version endpoint, and a shutdown that finishes the requests it has begun.
package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// Set at build time: go build -ldflags "-X main.version=1.2.3 -X main.commit=1a2b3c4".
var (
	version = "0.0.0-dev"
	commit  = "unknown"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Getenv, os.Stdout)
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// run serves until the context is cancelled, then finishes what was begun. It logs the error that it returns.
func run(ctx context.Context, getenv func(string) string, out io.Writer) error {
	log := newLogger(out, version)
	err := serve(ctx, getenv, log)
	if err != nil {
		log.line("error", "stopped", "error", err.Error())
	}
	return err
}

func serve(ctx context.Context, getenv func(string) string, log *logger) error {
	settings, err := readSettings(getenv)
	if err != nil {
		return err
	}
	if settings.fault == faultCrash {
		return errors.New("FAULT=crash: the settings table has no column \"currency\"")
	}
	listener, err := listen(settings)
	if err != nil {
		return err
	}
	app := newApp(settings, log)
	server := &http.Server{Handler: app.handler(), ReadHeaderTimeout: settings.drain}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.line("info", "listening", "address", listener.Addr().String(), "commit", commit)

	select {
	case err := <-failed:
		return err
	case <-app.crashed:
		return errors.New("FAULT=crash-later: out of memory")
	case <-ctx.Done():
	}
	log.line("info", "draining", "within", settings.drain.String())
	deadline, cancel := context.WithTimeout(context.Background(), settings.drain)
	defer cancel()
	if err := server.Shutdown(deadline); err != nil {
		return errors.New("requests were still running after " + settings.drain.String())
	}
	log.line("info", "stopped", "requests", app.served.Load())
	return nil
}
