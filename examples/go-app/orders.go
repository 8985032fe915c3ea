package main

import (
	"strconv"
	"sync"
	"time"
)

// order is what a customer wants.
type order struct {
	ID       string    `json:"id"`
	Item     string    `json:"item"`
	Quantity int       `json:"quantity"`
	Created  time.Time `json:"created"`
}

// orders keeps the newest orders in memory; they are gone when the process ends.
type orders struct {
	mu    sync.Mutex
	limit int
	next  int
	list  []order
	byKey map[string]order
	keys  []string
}

func newOrders(limit int) *orders {
	return &orders{limit: limit, next: 1, byKey: map[string]order{}}
}

// add keeps an order. With a key that was used before it gives the first order back and adds nothing, so that a
// client that does not know whether its request arrived can send it again.
func (o *orders) add(item string, quantity int, key string, now time.Time) (stored order, isNew bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known, ok := o.byKey[key]; ok && key != "" {
		return known, false
	}
	stored = order{ID: strconv.Itoa(o.next), Item: item, Quantity: quantity, Created: now.UTC()}
	o.next++
	o.list = append(o.list, stored)
	if len(o.list) > o.limit {
		o.list = append([]order(nil), o.list[len(o.list)-o.limit:]...)
	}
	if key != "" {
		o.byKey[key] = stored
		o.keys = append(o.keys, key)
		if len(o.keys) > o.limit {
			delete(o.byKey, o.keys[0])
			o.keys = o.keys[1:]
		}
	}
	return stored, true
}

// newest returns at most count orders, the newest first.
func (o *orders) newest(count int) []order {
	o.mu.Lock()
	defer o.mu.Unlock()
	result := []order{}
	for i := len(o.list) - 1; i >= 0 && len(result) < count; i-- {
		result = append(result, o.list[i])
	}
	return result
}
