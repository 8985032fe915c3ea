package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// logger writes one JSON object a line.
type logger struct {
	mu      sync.Mutex
	out     io.Writer
	version string
	now     func() time.Time
}

func newLogger(out io.Writer, version string) *logger {
	return &logger{out: out, version: version, now: time.Now}
}

// line logs a message with pairs of names and values.
func (l *logger) line(level, message string, pairs ...any) {
	entry := map[string]any{
		"time": l.now().UTC().Format(time.RFC3339Nano), "level": level, "message": message, "version": l.version,
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			entry[name] = pairs[i+1]
		}
	}
	text, err := json.Marshal(entry)
	if err != nil {
		text = []byte(`{"level":"error","message":"a log line could not be encoded"}`)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(append(text, '\n'))
}
