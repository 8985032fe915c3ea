package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func testApp(t *testing.T, variables map[string]string) *app {
	t.Helper()
	s, err := readSettings(func(name string) string { return variables[name] })
	if err != nil {
		t.Fatal(err)
	}
	return newApp(s, newLogger(&bytes.Buffer{}, version))
}

// send makes one request; the fields are pairs of header names and values.
func send(a *app, method, path, body string, fields ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
	}
	recorder := httptest.NewRecorder()
	a.handler().ServeHTTP(recorder, request)
	return recorder
}

func TestAnswers(t *testing.T) {
	cases := []struct {
		name, method, path, body string
		status                   int
		contains                 string
	}{
		{"page", "GET", "/", "", 200, "<h1>Hello</h1>"},
		{"unknown page", "GET", "/nothing", "", 404, "not found"},
		{"health", "GET", "/healthz", "", 200, "ok"},
		{"version", "GET", "/version", "", 200, `"version":"0.0.0-dev"`},
		{"no orders", "GET", "/orders", "", 200, "[]"},
		{"order", "POST", "/orders", `{"item":"tea","quantity":2}`, 201, `"item":"tea","quantity":2`},
		{"one is meant", "POST", "/orders", `{"item":"tea"}`, 201, `"quantity":1`},
		{"no JSON", "POST", "/orders", "tea", 400, "not an order as JSON"},
		{"nothing ordered", "POST", "/orders", `{}`, 201, `"item":"today's special","quantity":1`},
		{"dry run", "POST", "/orders?dry-run=true", `{}`, 200, `"id":"dry-run"`},
		{"too long", "POST", "/orders", `{"item":"` + strings.Repeat("x", 201) + `"}`, 422, "an order has an item"},
		{"too many", "POST", "/orders", `{"item":"tea","quantity":1001}`, 422, "an order has an item"},
		{"too large", "POST", "/orders", `{"item":"` + strings.Repeat("x", 1<<17) + `"}`, 400, "too large"},
		{"wrong method", "DELETE", "/orders", "", 405, "use GET or POST"},
		{"slow", "GET", "/slow?for=1ms", "", 200, `"waited":"1ms"`},
		{"too slow", "GET", "/slow?for=31s", "", 400, "up to 30s"},
		{"no duration", "GET", "/slow?for=long", "", 400, "up to 30s"},
	}
	for _, c := range cases {
		c := c
		t.Run(c.name, func(t *testing.T) {
			got := send(testApp(t, nil), c.method, c.path, c.body)
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.contains) {
				t.Errorf("got %d %q, want %d with %q", got.Code, got.Body, c.status, c.contains)
			}
			if got.Header().Get("X-Version") != version {
				t.Errorf("X-Version is %q", got.Header().Get("X-Version"))
			}
		})
	}
}

func TestOrdersAreListedNewestFirst(t *testing.T) {
	a := testApp(t, nil)
	send(a, "POST", "/orders", `{"item":"tea"}`)
	send(a, "POST", "/orders", `{"item":"milk"}`)
	var list []order
	if err := json.Unmarshal(send(a, "GET", "/orders", "").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Item != "milk" || list[1].ID != "1" {
		t.Errorf("got %+v", list)
	}
	if text := send(a, "GET", "/", "").Body.String(); !strings.Contains(text, "<td>milk</td>") {
		t.Errorf("the page does not show the order: %s", text)
	}
}

func TestTheSameKeyOrdersOnce(t *testing.T) {
	a := testApp(t, nil)
	first := send(a, "POST", "/orders", `{"item":"tea"}`, "Idempotency-Key", "k1")
	again := send(a, "POST", "/orders", `{"item":"tea"}`, "Idempotency-Key", "k1")
	other := send(a, "POST", "/orders", `{"item":"tea"}`, "Idempotency-Key", "k2")
	if first.Code != 201 || again.Code != 200 || other.Code != 201 {
		t.Errorf("got %d, %d, %d, want 201, 200, 201", first.Code, again.Code, other.Code)
	}
	if first.Body.String() != again.Body.String() {
		t.Errorf("got %s, then %s", first.Body, again.Body)
	}
}

func TestTheFormOfThePage(t *testing.T) {
	a := testApp(t, nil)
	form := url.Values{"item": {"tea"}, "quantity": {"3"}}.Encode()
	got := send(a, "POST", "/orders", form, "Content-Type", "application/x-www-form-urlencoded")
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/" {
		t.Errorf("got %d to %q", got.Code, got.Header().Get("Location"))
	}
	if list := a.orders.newest(1); len(list) != 1 || list[0].Quantity != 3 {
		t.Errorf("got %+v", list)
	}
}

func TestThePageEscapes(t *testing.T) {
	a := testApp(t, map[string]string{"GREETING": "<script>"})
	if text := send(a, "GET", "/", "").Body.String(); strings.Contains(text, "<script>") {
		t.Errorf("not escaped: %s", text)
	}
}

func TestOldOrdersAreForgotten(t *testing.T) {
	o := newOrders(2)
	for _, key := range []string{"a", "b", "c"} {
		o.add(key, 1, key, time.Unix(0, 0))
	}
	if list := o.newest(9); len(list) != 2 || list[1].Item != "b" {
		t.Errorf("got %+v", list)
	}
	if _, isNew := o.add("a", 1, "a", time.Unix(0, 0)); !isNew {
		t.Error("the oldest key is still known")
	}
}

func TestUnhealthy(t *testing.T) {
	got := send(testApp(t, map[string]string{"FAULT": "unhealthy"}), "GET", "/healthz", "")
	if got.Code != 500 || got.Body.String() != "database: connection refused\n" {
		t.Errorf("got %d %q", got.Code, got.Body)
	}
}

func TestSlowStart(t *testing.T) {
	a := testApp(t, map[string]string{"FAULT": "slow-start"})
	if got := send(a, "GET", "/healthz", ""); got.Code != 503 {
		t.Errorf("at the start: %d", got.Code)
	}
	a.now = func() time.Time { return a.started.Add(90 * time.Second) }
	if got := send(a, "GET", "/healthz", ""); got.Code != 200 {
		t.Errorf("after 90 s: %d", got.Code)
	}
}

func TestCrashLaterCountsFromTheFirstHealthyAnswer(t *testing.T) {
	a := testApp(t, map[string]string{"FAULT": "crash-later", "FAULT_AFTER": "1ms"})
	select {
	case <-a.crashed:
		t.Fatal("crashed before it was healthy")
	default:
	}
	send(a, "GET", "/healthz", "")
	send(a, "GET", "/healthz", "")
	select {
	case <-a.crashed:
	case <-time.After(10 * time.Second):
		t.Fatal("did not crash")
	}
}

func TestHang(t *testing.T) {
	server := httptest.NewServer(testApp(t, map[string]string{"FAULT": "hang"}).handler())
	defer server.Close()
	client := http.Client{Timeout: 50 * time.Millisecond}
	if answer, err := client.Get(server.URL + "/healthz"); err == nil {
		answer.Body.Close()
		t.Errorf("answered with %d", answer.StatusCode)
	}
}
