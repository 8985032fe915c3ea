package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// fault is a way to be a bad release, chosen by FAULT in app.env: for trying out what a deploy does about it.
type fault string

const (
	faultNone       fault = ""
	faultUnhealthy  fault = "unhealthy"   // the health check answers 500
	faultCrash      fault = "crash"       // exits at once
	faultHang       fault = "hang"        // accepts connections, answers nothing
	faultSlowStart  fault = "slow-start"  // the health check answers 503 until FAULT_AFTER (90s) has passed
	faultCrashLater fault = "crash-later" // exits FAULT_AFTER (8s) after it was first found healthy
)

type settings struct {
	socket      string        // path of the unix socket; wins over port
	port        string        // TCP port, for work on a laptop
	host        string        // name of this machine, shown on the page
	environment string        // where it runs, shown on the page
	greeting    string        // headline of the page
	drain       time.Duration // how long running requests may take after SIGTERM
	fault       fault
	faultAfter  time.Duration
}

func readSettings(getenv func(string) string) (settings, error) {
	get := func(name, otherwise string) string {
		// A placeholder that nobody filled counts as not set, so that app.env also works outside of a deploy.
		if value := getenv(name); value != "" && !strings.HasPrefix(value, "#{") {
			return value
		}
		return otherwise
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	s := settings{
		socket:      get("SOCKET", ""),
		port:        get("PORT", "8080"),
		host:        host,
		environment: get("APP_ENVIRONMENT", "local"),
		greeting:    get("GREETING", "Hello"),
		fault:       fault(get("FAULT", "")),
	}
	after := "8s"
	switch s.fault {
	case faultNone, faultUnhealthy, faultCrash, faultHang, faultCrashLater:
	case faultSlowStart:
		after = "90s"
	default:
		return s, fmt.Errorf("FAULT=%s is none of unhealthy, crash, hang, slow-start, crash-later", s.fault)
	}
	if s.faultAfter, err = time.ParseDuration(get("FAULT_AFTER", after)); err != nil {
		return s, fmt.Errorf("FAULT_AFTER: %w", err)
	}
	if s.drain, err = time.ParseDuration(get("DRAIN", "25s")); err != nil {
		return s, fmt.Errorf("DRAIN: %w", err)
	}
	return s, nil
}
