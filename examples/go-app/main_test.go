package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines collects a log that is written and read at the same time.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func variables(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// start runs the service on a socket of its own until the test ends; stop asks it to end, as SIGTERM does.
func start(t *testing.T, values map[string]string) (client *http.Client, stop func(), ended chan error, log *lines) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s.sock")
	values["SOCKET"] = socket
	ctx, cancel := context.WithCancel(context.Background())
	ended = make(chan error, 1)
	log = &lines{}
	go func() { ended <- run(ctx, variables(values), log) }()
	t.Cleanup(cancel)
	client = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	eventually(t, "the service listens", func() bool {
		connection, err := net.Dial("unix", socket)
		if err == nil {
			connection.Close()
		}
		return err == nil
	})
	return client, cancel, ended, log
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("waited 10 s until %s", what)
}

func finished(t *testing.T, ended chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("did not end within 10 s")
		return nil
	}
}

func TestShutdownFinishesWhatRuns(t *testing.T) {
	client, stop, ended, log := start(t, map[string]string{})
	body := make(chan string, 1)
	go func() {
		answer, err := client.Get("http://app/slow?for=300ms")
		if err != nil {
			body <- err.Error()
			return
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		body <- string(text)
	}()
	time.Sleep(100 * time.Millisecond)
	stop()
	if text := <-body; !strings.Contains(text, `"waited":"300ms"`) {
		t.Errorf("the running request got %q", text)
	}
	if err := finished(t, ended); err != nil {
		t.Errorf("ended with %v", err)
	}
	for _, message := range []string{"listening", "draining", "stopped"} {
		if !strings.Contains(log.String(), `"message":"`+message+`"`) {
			t.Errorf("the log does not say %q: %s", message, log)
		}
	}
}

func TestTheDrainHasAnEnd(t *testing.T) {
	client, stop, ended, _ := start(t, map[string]string{"DRAIN": "20ms"})
	go func() {
		if answer, err := client.Get("http://app/slow?for=20s"); err == nil {
			answer.Body.Close()
		}
	}()
	time.Sleep(100 * time.Millisecond)
	stop()
	if err := finished(t, ended); err == nil || !strings.Contains(err.Error(), "still running after 20ms") {
		t.Errorf("ended with %v", err)
	}
}

func TestTheSocketIsForTheGroupAndStays(t *testing.T) {
	values := map[string]string{}
	_, stop, ended, _ := start(t, values)
	info, err := os.Stat(values["SOCKET"])
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the socket has mode %v, %v", info.Mode(), err)
	}
	stop()
	if err := finished(t, ended); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(values["SOCKET"]); err != nil {
		t.Errorf("the socket was removed: %v", err)
	}
	// The next process takes the place of the socket that was left behind.
	listener, err := listen(settings{socket: values["SOCKET"]})
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
}

func TestListenRefusesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), variables(map[string]string{"SOCKET": path}), io.Discard); err == nil {
		t.Error("took the place of a file")
	}
	if text, _ := os.ReadFile(path); string(text) != "keep me" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestListenOnTCP(t *testing.T) {
	listener, err := listen(settings{port: "0"})
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
}

func TestListenInAMissingFolder(t *testing.T) {
	if _, err := listen(settings{socket: filepath.Join(t.TempDir(), "missing", "s.sock")}); err == nil {
		t.Error("listens in a folder that is not there")
	}
}

func TestCrash(t *testing.T) {
	log := &lines{}
	err := run(context.Background(), variables(map[string]string{"FAULT": "crash"}), log)
	if err == nil || !strings.Contains(log.String(), "FAULT=crash") {
		t.Errorf("ended with %v, log %s", err, log)
	}
}

func TestCrashLater(t *testing.T) {
	client, _, ended, _ := start(t, map[string]string{"FAULT": "crash-later", "FAULT_AFTER": "1ms"})
	answer, err := client.Get("http://app/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := finished(t, ended); err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("ended with %v", err)
	}
}

func TestSettings(t *testing.T) {
	for name, values := range map[string]map[string]string{
		"FAULT=tired":       {"FAULT": "tired"},
		"FAULT_AFTER":       {"FAULT_AFTER": "soon"},
		"DRAIN":             {"DRAIN": "long"},
		"FAULT=#slow start": {"FAULT": "slow start"},
	} {
		if _, err := readSettings(variables(values)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	s, err := readSettings(variables(map[string]string{"GREETING": "#{Greeting}", "PORT": "81", "FAULT": "slow-start"}))
	if err != nil || s.greeting != "Hello" || s.port != "81" || s.faultAfter != 90*time.Second {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestLogLinesAreJSON(t *testing.T) {
	out := &bytes.Buffer{}
	log := newLogger(out, "1.2.3")
	log.now = func() time.Time { return time.Unix(0, 0) }
	log.line("info", "hello", "count", 2, 3, "ignored", "alone")
	var entry map[string]any
	if err := json.Unmarshal(out.Bytes(), &entry); err != nil {
		t.Fatal(err)
	}
	if entry["version"] != "1.2.3" || entry["count"] != 2.0 || entry["time"] != "1970-01-01T00:00:00Z" {
		t.Errorf("got %v", entry)
	}
	out.Reset()
	log.line("info", "not for JSON", "function", func() {})
	want := `{"level":"info","message":"not for JSON","version":"1.2.3","time":"1970-01-01T00:00:00Z"}` + "\n"
	if out.String() != want {
		t.Errorf("got %s", out)
	}
}
