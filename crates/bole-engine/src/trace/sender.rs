//! The way to the collector, and what is told of it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::trace::TraceError;

/// How many spans may wait to be sent before further submissions go untraced.
pub(super) const N_WAITING: usize = 4096;
/// How long the collector may take for one batch of spans, further tries included.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How often the log tells of a collector that does not take all.
const TELL: Duration = Duration::from_mins(1);
/// The largest answer of a collector that is looked at.
const ANSWER_BYTES: u64 = 64 << 10;

/// What sends spans to the collector at `endpoint` and keeps `flow` informed.
pub(super) fn exporter(endpoint: &str, flow: Arc<Flow>) -> Result<Watched, TraceError> {
    let uri = address(endpoint)?;
    let mut agent = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        // A collector belongs to the house, and what the environment names is for the way out of it.
        .proxy(None);
    if uri.scheme_str() == Some("https") {
        agent = agent.tls_config(tls()?);
    }
    let client = Client { agent: agent.build().new_agent(), flow: flow.clone() };
    let inner = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(uri.to_string())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(TIMEOUT)
        .build()?;
    Ok(Watched { inner, flow })
}

/// Where the collector takes traces.
pub(super) fn address(endpoint: &str) -> Result<Uri, TraceError> {
    let wrong = |problem| TraceError::Endpoint { endpoint: endpoint.to_owned(), problem };
    let base: Uri = endpoint.parse().map_err(|_| wrong("it is no URL"))?;
    if !matches!(base.scheme_str(), Some("http" | "https")) {
        return Err(wrong("it begins with neither `http://` nor `https://`"));
    }
    if base.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        // It would be shown wherever the settings are.
        return Err(TraceError::Endpoint {
            endpoint: "…".to_owned(),
            problem: "it holds a secret, which belongs into `OTEL_EXPORTER_OTLP_HEADERS`",
        });
    }
    if base.query().is_some() {
        return Err(wrong("it has a query"));
    }
    let uri = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    uri.parse().map_err(|_| wrong("it is no URL"))
}

/// TLS by ring, and the certificates of the system.
fn tls() -> Result<TlsConfig, TraceError> {
    // What cannot be loaded is left out: the others may do.
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(TraceError::Certificates);
    }
    let certificates = found.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

/// What is on its way to the collector, and what was not let in.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// Spans that are begun, or over and not sent yet.
    n_waiting: AtomicUsize,
    /// Times that nothing was traced for want of room, not told yet.
    n_untraced: AtomicU64,
    failure: Mutex<Failure>,
}

#[derive(Debug, Default)]
struct Failure {
    /// What went wrong with the last request, if anything did.
    cause: String,
    /// Spans that the collector did not take, not told yet.
    n_dropped: usize,
    told_at: Option<Instant>,
}

impl Flow {
    pub(super) fn n_waiting(&self) -> usize {
        self.n_waiting.load(Ordering::Relaxed)
    }

    /// Whether another trace may begin.
    pub(super) fn has_room(&self) -> bool {
        let has_room = self.n_waiting() < N_WAITING;
        if !has_room {
            self.n_untraced.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    /// A span has begun.
    pub(super) fn begun(&self) {
        self.n_waiting.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(super) fn n_untraced(&self) -> u64 {
        self.n_untraced.load(Ordering::Relaxed)
    }

    fn failed(&self, cause: String) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).cause = cause;
    }

    /// So many spans are gone, for good or for nothing.
    fn sent(&self, n_spans: usize, is_taken: bool) {
        self.n_waiting.fetch_sub(n_spans, Ordering::Relaxed);
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if is_taken {
            failure.cause.clear();
        } else {
            failure.n_dropped += n_spans;
        }
        let has_news = failure.n_dropped > 0 || self.n_untraced.load(Ordering::Relaxed) > 0;
        if has_news && failure.told_at.is_none_or(|told_at| told_at.elapsed() >= TELL) {
            failure.told_at = Some(Instant::now());
            let n_untraced = self.n_untraced.swap(0, Ordering::Relaxed);
            let n_dropped = std::mem::take(&mut failure.n_dropped);
            let cause = failure.cause.as_str();
            tracing::warn!(cause, n_dropped, n_untraced, "the collector of traces did not take all of them");
        }
    }
}

/// The exporter, seen at work.
#[derive(Debug)]
pub(super) struct Watched {
    inner: opentelemetry_otlp::SpanExporter,
    flow: Arc<Flow>,
}

impl SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let n_spans = batch.len();
        let result = self.inner.export(batch).await;
        self.flow.sent(n_spans, result.is_ok());
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.inner.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

/// An HTTP client for a thread that has nothing else to do: it blocks.
#[derive(Debug)]
struct Client {
    agent: Agent,
    flow: Arc<Flow>,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.post(request).inspect_err(|error| self.flow.failed(error.to_string()))?;
        if !response.status().is_success() {
            self.flow.failed(format!("it answers {}", response.status()));
        }
        Ok(response)
    }
}

impl Client {
    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let mut response = self.agent.run(Request::from_parts(head, body.as_ref()))?;
        let answer = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(response.map(|_| answer.into()))
    }
}
