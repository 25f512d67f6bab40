//! Traces of submissions by OpenTelemetry, from the portal's span through reading and commit to the index.
//!
//! Only what a portal asks for is traced: a submission whose `traceparent` header is valid and has the sampled flag.
//! Spans hold ids and hashes, no personal data. They go to a collector by OTLP over HTTP, from a thread of its own: no
//! submission waits for it. While it takes nothing, spans wait up to a limit, then further submissions go
//! untraced, and the log tells so now and then.

mod sender;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bole_core::{Attempt, DocumentId, Reason, State, SubmissionId};
use bole_sandbox::StageTimes;
use bole_store::SubmissionRecord;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider,
};
use uuid::Uuid;

use crate::trace::sender::{Flow, address, exporter};

/// How long the end of the program waits for the last spans.
const SHUTDOWN: Duration = Duration::from_secs(5);
/// How long a span waits for others to be sent with.
const DELAY: Duration = Duration::from_secs(1);
/// How many spans one request holds at the most.
const N_BATCH: usize = 512;
/// The queue of the SDK, in spans. Larger than what is let in, so that it is never the one that drops: it would take
/// single spans out of the middle of a trace.
const N_QUEUE: usize = 2 * sender::N_WAITING;
/// A document is searchable seconds after its commit. What takes longer than this was indexed anew, and its trace is
/// long over.
const STALE: Duration = Duration::from_hours(1);
/// The longest `traceparent` that is looked at, in bytes; that of today's version has 55.
const HEADER_BYTES: usize = 256;

/// Why traces cannot be sent to a collector. That one is away is no error.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address is none.
    #[error("`{endpoint}` is no address of a collector: {problem}")]
    Endpoint {
        /// As given.
        endpoint: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The system has no certificates to know a collector by.
    #[error("this system has no certificates to check a collector's by (`SSL_CERT_FILE` names others)")]
    Certificates,
    /// The sender cannot be made.
    #[error("the sender of traces cannot be made")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Where traces go, or nowhere. Cheap to clone.
///
/// The last to be dropped without [`shutdown`](Self::shutdown) blocks its thread until what is left is sent, five
/// seconds at the most.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    on: Option<On>,
}

#[derive(Clone, Debug)]
struct On {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    flow: Arc<Flow>,
}

impl Traces {
    /// Traces nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Whether [`to`](Self::to) could be called with `endpoint`, as far as can be told from its text.
    ///
    /// # Errors
    /// [`TraceError::Endpoint`].
    pub fn check(endpoint: &str) -> Result<(), TraceError> {
        address(endpoint).map(drop)
    }

    /// Sends traces to the collector at `endpoint`, such as `http://localhost:4318`, to which `/v1/traces` is appended.
    /// `role` is what this process does, such as `worker`. Starts a thread and connects later, by no proxy.
    ///
    /// The environment may add what the OpenTelemetry specification provides for: request headers, by which a process
    /// tells the collector who it is, in `OTEL_EXPORTER_OTLP_HEADERS`, and `OTEL_RESOURCE_ATTRIBUTES`.
    ///
    /// # Errors
    /// If `endpoint` is no `http` or `https` address, or for `https` the system has no certificates.
    pub fn to(endpoint: &str, role: &str) -> Result<Self, TraceError> {
        let flow = Arc::new(Flow::default());
        let exporter = exporter(endpoint, flow.clone())?;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(N_QUEUE)
            .with_max_export_batch_size(N_BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let resource = Resource::builder()
            .with_service_name("bole")
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
                KeyValue::new("bole.role", role.to_owned()),
            ])
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(config).build())
            .with_resource(resource)
            // Whatever the environment says: the portal decides.
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)))
            .build();
        let tracer = provider.tracer("bole");
        Ok(Self { on: Some(On { provider, tracer, flow }) })
    }

    /// Sends what is left, waiting five seconds at the most. Whatever is traced afterwards is dropped.
    pub async fn shutdown(self) {
        let Some(On { provider, flow, .. }) = self.on else { return };
        let (done, is_done) = tokio::sync::oneshot::channel();
        // It blocks, so it must not be on a thread of the runtime.
        let ending = std::thread::Builder::new().name("traces-end".to_owned()).spawn(move || {
            let sent = provider.shutdown_with_timeout(SHUTDOWN).is_ok();
            done.send(sent).ok();
        });
        if ending.is_err() || !is_done.await.unwrap_or(false) {
            tracing::warn!(n_waiting = flow.n_waiting(), "the last traces could not be sent");
        }
    }

    /// Begins the trace of a submission, now. `traceparent` is the header as it came; without one, with one that is
    /// not valid, and without its sampled flag, nothing is traced.
    pub fn submission(&self, traceparent: Option<&str>) -> SubmissionTrace {
        let running = self.parent(traceparent).map(|(on, parent)| {
            let span = on.tracer.span_builder("bole.submission").with_kind(SpanKind::Consumer);
            let context = on.start(span, &parent);
            Running { on: on.clone(), context }
        });
        SubmissionTrace { running }
    }

    /// Adds to the trace of a submission how long it took from its commit until its document could be found, at
    /// `searchable_at`. For an index that is built anew it does nothing.
    pub fn searchable(&self, record: &SubmissionRecord, searchable_at: SystemTime) {
        let waited = searchable_at.duration_since(record.changed_at.into());
        if waited.is_ok_and(|waited| waited < STALE) {
            self.after_commit("bole.index", SpanKind::Consumer, record, searchable_at);
        }
    }

    /// Whether anything is traced.
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Adds to the trace of a submission how long it took from its commit until the receipt was with the broker, at
    /// `published_at`.
    pub fn receipt(&self, record: &SubmissionRecord, published_at: SystemTime) {
        self.after_commit("bole.receipt", SpanKind::Producer, record, published_at);
    }

    fn after_commit(&self, name: &'static str, kind: SpanKind, record: &SubmissionRecord, ended: SystemTime) {
        let Some((on, parent)) = self.parent(record.traceparent.as_deref()) else { return };
        let span = on
            .tracer
            .span_builder(name)
            .with_kind(kind)
            .with_start_time(record.changed_at)
            .with_attributes(identity(&record.submission, record.document));
        on.finished(span, &parent, record.changed_at.into(), ended);
    }

    /// The portal's span, if it is to be traced and there is room for what belongs to it.
    fn parent(&self, traceparent: Option<&str>) -> Option<(&On, Context)> {
        let on = self.on.as_ref()?;
        let header = traceparent.filter(|header| header.len() <= HEADER_BYTES)?;
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(header));
        let is_sampled = parent.span().span_context().is_sampled();
        (is_sampled && on.flow.has_room()).then_some((on, parent))
    }
}

impl On {
    fn start(&self, span: SpanBuilder, parent: &Context) -> Context {
        self.flow.begun();
        parent.with_span(span.start_with_context(&self.tracer, parent))
    }

    /// A span that is over.
    fn finished(&self, span: SpanBuilder, parent: &Context, began: SystemTime, ended: SystemTime) -> Context {
        let context = self.start(span.with_start_time(began), parent);
        // The clock may have been set back meanwhile.
        context.span().end_with_timestamp(ended.max(began));
        context
    }
}

/// The trace of one submission while a worker holds it. Without a trace every call is a no-op.
///
/// Dropped without [`finish`](Self::finish) it says that the submission went back to the queue.
#[derive(Debug)]
#[must_use = "dropped, it says that the submission went back to the queue"]
pub struct SubmissionTrace {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    on: On,
    /// With the span of the submission.
    context: Context,
}

impl SubmissionTrace {
    /// Says which submission it is.
    pub fn identify(&self, submission: &SubmissionId, document: DocumentId, n_bytes: usize) {
        let Some(running) = &self.running else { return };
        let span = running.context.span();
        span.set_attributes(identity(submission, document));
        span.set_attribute(KeyValue::new("bole.document.bytes", i64::try_from(n_bytes).unwrap_or(i64::MAX)));
    }

    /// Adds that it was read, the wait for a reader included, and where the reader's time went if it tells so: that
    /// lies at the end, part after part.
    pub fn read(&self, began: SystemTime, ended: SystemTime, times: Option<StageTimes>) {
        let Some(Running { on, context }) = &self.running else { return };
        let read = on.finished(on.tracer.span_builder("bole.read"), context, began, ended);
        let Some(times) = times else { return };
        let mut from = ended.checked_sub(times.total()).map_or(began, |from| from.max(began));
        for (name, time) in [
            ("bole.document", times.document),
            ("bole.resume", times.resume),
            ("bole.evidence", times.evidence),
            ("bole.encoding", times.encoding),
        ] {
            let to = from + time;
            on.finished(on.tracer.span_builder(name), &read, from, to);
            from = to;
        }
    }

    /// Adds that it was committed, with its batch.
    pub fn commit(&self, began: SystemTime, ended: SystemTime) {
        let Some(Running { on, context }) = &self.running else { return };
        on.finished(on.tracer.span_builder("bole.commit"), context, began, ended);
    }

    /// Ends it, now, with what the submission came to.
    pub fn finish(mut self, state: State, reason: Reason, attempt: Attempt) {
        let Some(running) = self.running.take() else { return };
        let span = running.context.span();
        span.set_attributes([
            KeyValue::new("bole.state", state.code()),
            KeyValue::new("bole.reason", reason.code()),
            KeyValue::new("bole.attempt", i64::from(attempt.0)),
        ]);
        span.end();
    }
}

impl Drop for SubmissionTrace {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let span = running.context.span();
            span.set_status(Status::error("back in the queue"));
            span.end();
        }
    }
}

fn identity(submission: &SubmissionId, document: DocumentId) -> [KeyValue; 3] {
    [
        KeyValue::new("bole.portal", submission.portal.to_string()),
        KeyValue::new("bole.submission", submission.message_id.to_string()),
        KeyValue::new("bole.document", document.to_string()),
    ]
}

/// One header, as the propagator looks for it.
struct Header<'a>(&'a str);

impl Extractor for Header<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == bole_core::message::v1::HEADER_TRACEPARENT).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![bole_core::message::v1::HEADER_TRACEPARENT]
    }
}
