package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
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

// line logs a message with pairs of names and values, what people look for first.
func (l *logger) line(level, message string, pairs ...any) {
	all := append([]any{"level", level, "message", message}, pairs[:len(pairs)/2*2]...)
	all = append(all, "version", l.version, "time", l.now().UTC().Format(time.RFC3339Nano))
	var text bytes.Buffer
	for i := 0; i+1 < len(all); i += 2 {
		name, isText := all[i].(string)
		value, err := json.Marshal(all[i+1])
		if !isText || err != nil {
			continue
		}
		separator := ","
		if text.Len() == 0 {
			separator = "{"
		}
		text.WriteString(separator + strconv.Quote(name) + ":")
		text.Write(value)
	}
	text.WriteString("}\n")
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(text.Bytes())
}
