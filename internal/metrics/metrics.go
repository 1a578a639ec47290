// Package metrics counts what the operator watches. The other packages report through plain functions and never see
// Prometheus; labels are route templates and operation names, never anything a buyer typed.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"storefront/internal/errkind"
)

// Metrics owns a registry of its own.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	upstream *prometheus.HistogramVec
}

// New registers everything.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "storefront_request_seconds", Help: "Time to answer, by route template and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"route", "status"}),
		upstream: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "storefront_upstream_seconds", Help: "Time of calls to the distributor, by operation and outcome.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 10, 30, 90},
		}, []string{"operation", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.upstream, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request reports an answered request; route is the template, never the path.
func (m *Metrics) Request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Upstream reports a call to the distributor.
func (m *Metrics) Upstream(operation string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = string(errkind.Of(err))
	}
	m.upstream.WithLabelValues(operation, outcome).Observe(took.Seconds())
}

// Gauge registers a number that is read when asked.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Handler serves the numbers in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
