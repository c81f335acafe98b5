//! Figures for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use paylink_books::Snapshot;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::store::events::Standing;

/// What the scraper is told about the form.
pub(crate) const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const COUNT: usize> = [(&'static str, String); COUNT];

/// What is counted while the service runs.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels<3>, Counter>,
    latency: Family<Labels<1>, Histogram>,
    events: Family<Labels<2>, Counter>,
    outcomes: Family<Labels<1>, Counter>,
    pub(crate) handed_out: Counter,
    pub(crate) refused_keys: Counter,
    pub(crate) limited: Counter,
    pub(crate) connections: Gauge<i64, std::sync::atomic::AtomicI64>,
}

/// An event that was sent.
pub(crate) struct Sent {
    pub(crate) kind: &'static str,
    pub(crate) result: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let latency = || Histogram::new(exponential_buckets(0.002, 2.0, 14));
        let mut metrics = Metrics {
            registry: Registry::with_prefix("paylink"),
            requests: Family::default(),
            latency: Family::new_with_constructor(latency),
            events: Family::default(),
            outcomes: Family::default(),
            handed_out: Counter::default(),
            refused_keys: Counter::default(),
            limited: Counter::default(),
            connections: Gauge::default(),
        };
        let Metrics {
            registry,
            requests,
            latency,
            events,
            outcomes,
            handed_out,
            refused_keys,
            limited,
            connections,
        } = &mut metrics;
        registry.register(
            "http_requests",
            "Requests that were answered",
            requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "How long answers took",
            Unit::Seconds,
            latency.clone(),
        );
        registry.register(
            "events",
            "Events that were sent to the shop",
            events.clone(),
        );
        registry.register(
            "looks",
            "Looks at orders, by what they came to",
            outcomes.clone(),
        );
        registry.register(
            "orders_handed_out",
            "Orders that were found paid",
            handed_out.clone(),
        );
        registry.register(
            "keys_refused",
            "Requests whose API key does not count",
            refused_keys.clone(),
        );
        registry.register(
            "requests_limited",
            "Requests that were refused since there were too many",
            limited.clone(),
        );
        registry.register(
            "connections",
            "Connections that are open",
            connections.clone(),
        );
        metrics
    }

    /// Counts an answer. The route is the pattern, never the path: that names orders.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc();
        let latency = self.latency.get_or_create(&[("route", route.to_owned())]);
        latency.observe(took.as_secs_f64());
    }

    pub(crate) fn sent(&self, sent: &Sent) {
        let labels = [
            ("type", sent.kind.to_owned()),
            ("result", sent.result.to_owned()),
        ];
        self.events.get_or_create(&labels).inc();
    }

    pub(crate) fn looked(&self, outcome: &'static str) {
        self.outcomes
            .get_or_create(&[("outcome", outcome.to_owned())])
            .inc();
    }

    /// Everything in Prometheus' own form, with how the books and the events stand now.
    pub(crate) fn write(
        &self,
        books: Snapshot,
        events: Standing,
    ) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        let mut stands = Registry::with_prefix("paylink");
        stands.register_collector(Box::new(Stands { books, events }));
        let mut more = String::new();
        encode(&mut more, &stands)?;
        // One document has one end.
        let first = text.strip_suffix("# EOF\n").unwrap_or(&text);
        Ok(format!("{first}{more}"))
    }
}

/// What is read from the database for one scrape.
#[derive(Debug)]
struct Stands {
    books: Snapshot,
    events: Standing,
}

impl Collector for Stands {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let orders = Family::<Labels<1>, Gauge<u64, AtomicU64>>::default();
        for (stage, count) in &self.books.orders {
            orders
                .get_or_create(&[("stage", stage.clone())])
                .set(*count);
        }
        let due = Family::<Labels<1>, Gauge<u64, AtomicU64>>::default();
        for (account, count) in &self.books.due_by_account {
            due.get_or_create(&[("account", account.clone())])
                .set(*count);
        }
        let kind = orders.metric_type();
        orders.encode(encoder.encode_descriptor("orders", "Orders by stage", None, kind)?)?;
        let help = "Orders that are to be looked at now, by account";
        due.encode(encoder.encode_descriptor("orders_due", help, None, kind)?)?;
        let seconds = |time: Option<Duration>| time.unwrap_or_default().as_secs();
        let age = self.events.oldest.and_then(|at| at.elapsed().ok());
        for (name, help, value) in [
            (
                "longest_due_seconds",
                "For how long the longest waiting look is due",
                seconds(self.books.longest_due),
            ),
            (
                "deliveries_open",
                "Orders that are paid and not acknowledged",
                self.books.outbox,
            ),
            (
                "oldest_delivery_seconds",
                "For how long the oldest of them is paid",
                seconds(self.books.oldest_delivery),
            ),
            ("events_due", "Events that are to be sent", self.events.due),
            (
                "oldest_event_seconds",
                "The age of the oldest event that is to be sent",
                seconds(age),
            ),
            (
                "events_dead",
                "Dead letters, which a person has to see to",
                self.events.dead,
            ),
            (
                "alarms_open",
                "Mismatches and lost payments that nobody has seen to",
                self.events.alarms,
            ),
        ] {
            let gauge = ConstGauge::new(value);
            let kind = gauge.metric_type();
            gauge.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        Ok(())
    }
}
