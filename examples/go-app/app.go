package main

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// app answers the requests.
type app struct {
	settings settings
	log      *logger
	orders   *orders
	started  time.Time
	now      func() time.Time
	served   atomic.Int64

	sick    sync.Once     // the first time that the health check was not passed
	healthy sync.Once     // the first time that it was
	crashed chan struct{} // closed when FAULT=crash-later strikes
}

func newApp(s settings, log *logger) *app {
	return &app{
		settings: s, log: log, orders: newOrders(1000), started: time.Now(), now: time.Now,
		crashed: make(chan struct{}),
	}
}

func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", a.home)
	mux.HandleFunc("/healthz", a.health)
	mux.HandleFunc("/version", a.version)
	mux.HandleFunc("/orders", a.ordersRoute)
	mux.HandleFunc("/slow", a.slow)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.settings.fault == faultHang {
			<-r.Context().Done()
			return
		}
		a.served.Add(1)
		w.Header().Set("X-Version", version)
		w.Header().Set("X-Host", a.settings.host)
		mux.ServeHTTP(w, r)
	})
}

// health answers 200 only when the service can do its work.
func (a *app) health(w http.ResponseWriter, r *http.Request) {
	status, reason := http.StatusOK, ""
	switch {
	case a.settings.fault == faultUnhealthy:
		status, reason = http.StatusInternalServerError, "database: connection refused"
	case a.settings.fault == faultSlowStart && a.now().Sub(a.started) < a.settings.faultAfter:
		status, reason = http.StatusServiceUnavailable, "starting: the cache is being filled"
	}
	if reason != "" {
		a.sick.Do(func() { a.log.line("warn", "not healthy", "reason", reason) })
		http.Error(w, reason, status)
		return
	}
	a.healthy.Do(func() {
		if a.settings.fault == faultCrashLater {
			time.AfterFunc(a.settings.faultAfter, func() { close(a.crashed) })
		}
	})
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func (a *app) version(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]string{"version": version, "commit": commit})
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := page.Execute(w, map[string]any{
		"Greeting": a.settings.greeting, "Version": version, "Commit": commit, "Host": a.settings.host,
		"Environment": a.settings.environment, "Orders": a.orders.newest(10),
	})
	if err != nil {
		a.log.line("warn", "the page was not delivered", "error", err.Error())
	}
}

func (a *app) ordersRoute(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		answer(w, http.StatusOK, a.orders.newest(100))
	case http.MethodPost:
		a.addOrder(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		problem(w, http.StatusMethodNotAllowed, "use GET or POST")
	}
}

// addOrder takes an order as JSON, or from the form of the page. An order of nothing is one of today's special;
// with ?dry-run=true it is checked and answered and not kept, as a prober wants it.
func (a *app) addOrder(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Item     string `json:"item"`
		Quantity int    `json:"quantity"`
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isForm := kind == "application/x-www-form-urlencoded"
	if isForm {
		wanted.Item = r.PostFormValue("item")
		wanted.Quantity, _ = strconv.Atoi(r.PostFormValue("quantity"))
	} else if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
		problem(w, http.StatusBadRequest, "the body is not an order as JSON: "+err.Error())
		return
	}
	if wanted.Item = strings.TrimSpace(wanted.Item); wanted.Item == "" {
		wanted.Item = "today's special"
	}
	if wanted.Quantity == 0 {
		wanted.Quantity = 1
	}
	if len(wanted.Item) > 200 || wanted.Quantity < 1 || wanted.Quantity > 1000 {
		problem(w, http.StatusUnprocessableEntity, "an order has an item of at most 200 bytes and a quantity of 1 to 1000")
		return
	}
	if r.URL.Query().Get("dry-run") == "true" {
		answer(w, http.StatusOK, order{ID: "dry-run", Item: wanted.Item, Quantity: wanted.Quantity, Created: a.now().UTC()})
		return
	}
	stored, isNew := a.orders.add(wanted.Item, wanted.Quantity, r.Header.Get("Idempotency-Key"), a.now())
	switch {
	case isForm:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case isNew:
		answer(w, http.StatusCreated, stored)
	default:
		answer(w, http.StatusOK, stored)
	}
}

// slow answers after a while (?for=500ms, at most 30s): for seeing that a deploy waits for running requests.
func (a *app) slow(w http.ResponseWriter, r *http.Request) {
	wait := 500 * time.Millisecond
	if text := r.URL.Query().Get("for"); text != "" {
		var err error
		if wait, err = time.ParseDuration(text); err != nil || wait < 0 || wait > 30*time.Second {
			problem(w, http.StatusBadRequest, "for is a duration up to 30s, such as 500ms")
			return
		}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		answer(w, http.StatusOK, map[string]string{"waited": wait.String(), "version": version})
	case <-r.Context().Done():
	}
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func problem(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"error": text})
}
