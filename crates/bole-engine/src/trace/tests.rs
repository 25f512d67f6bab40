use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bole_core::{AsOf, Attempt, DocumentId, Reason, State, SubmissionId};
use bole_sandbox::StageTimes;
use bole_store::SubmissionRecord;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PORTAL_SPAN: &str = "00f067aa0ba902b7";

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{PORTAL_SPAN}-{flags}")
}

/// A collector that takes everything as soon as [`run`](Self::run) has been called, and until then only connections.
struct Collector {
    listener: Option<TcpListener>,
    endpoint: String,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    heads: Vec<String>,
    requests: Vec<ExportTraceServiceRequest>,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        Self { listener: Some(listener), endpoint, taken: Arc::default() }
    }

    fn run(&mut self) {
        let (listener, taken) = (self.listener.take().unwrap(), self.taken.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, taken.clone()));
            }
        });
    }

    fn spans(&self) -> Vec<Span> {
        let taken = self.taken.lock().unwrap();
        let scopes = taken.requests.iter().flat_map(|request| &request.resource_spans);
        let spans = scopes.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
        spans.cloned().collect()
    }

    fn resource(&self) -> Resource {
        let taken = self.taken.lock().unwrap();
        taken.requests[0].resource_spans[0].resource.clone().unwrap()
    }
}

/// Answers requests of one connection until the client closes it.
async fn serve(connection: TcpStream, taken: Arc<Mutex<Taken>>) {
    let mut connection = BufReader::new(connection);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = connection.read_u8().await else { return };
            head.push(byte);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        connection.read_exact(&mut body).await.unwrap();
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        {
            let mut taken = taken.lock().unwrap();
            taken.heads.push(head);
            taken.requests.push(request);
        }
        // The client may have given up on it.
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.ok();
    }
}

fn attributes(of: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |attribute: &KeyValue| match attribute.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    of.iter().map(|attribute| (attribute.key.clone(), text(attribute))).collect()
}

fn submission() -> SubmissionId {
    let portal = "agency".parse().unwrap();
    SubmissionId { portal, message_id: "m-1".parse().unwrap() }
}

fn record(traceparent: Option<String>) -> SubmissionRecord {
    SubmissionRecord {
        submission: submission(),
        document: DocumentId::of(b"a"),
        state: State::Indexed,
        reason: Reason::Read,
        detail: Some("Ann Example".to_owned()),
        attempt: Attempt(1),
        duplicate_of: None,
        document_date: AsOf(jiff::civil::date(2026, 11, 21)),
        source_name: Some("/home/ann/ann-example.pdf".to_owned()),
        candidate_ref: Some("ann".to_owned()),
        field: None,
        consent: None,
        traceparent,
        received_at: jiff::Timestamp::UNIX_EPOCH,
        changed_at: jiff::Timestamp::now(),
    }
}

fn nanos(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64
}

#[tokio::test]
async fn a_submission_is_traced_from_the_portals_span_to_the_index() {
    let mut collector = Collector::start().await;
    collector.run();
    let traces = Traces::to(&collector.endpoint, "worker").unwrap();
    let trace = traces.submission(Some(&traceparent("01")));
    trace.identify(&submission(), DocumentId::of(b"a"), 12);
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let times = StageTimes {
        document: Duration::from_millis(4),
        resume: Duration::from_millis(3),
        evidence: Duration::from_millis(2),
        encoding: Duration::from_millis(1),
    };
    let ended = began + Duration::from_millis(50);
    trace.read(began, ended, Some(times));
    trace.commit(ended, ended + Duration::from_millis(7));
    trace.finish(State::Indexed, Reason::Read, Attempt(2));
    let record = record(Some(traceparent("01")));
    let (committed_at, later) = (SystemTime::from(record.changed_at), Duration::from_millis(300));
    traces.searchable(&record, committed_at + later);
    traces.receipt(&record, committed_at + later);
    traces.shutdown().await;

    let spans: BTreeMap<_, _> = collector.spans().into_iter().map(|span| (span.name.clone(), span)).collect();
    assert_eq!(spans.len(), 9);
    assert!(spans.values().all(|span| hex::encode(&span.trace_id) == TRACE));
    let parent_of = |span: &Span| {
        let parent = spans.values().find(|other| other.span_id == span.parent_span_id);
        parent.map_or_else(|| hex::encode(&span.parent_span_id), |parent| parent.name.clone())
    };
    let parents: Vec<_> = spans.iter().map(|(name, span)| (name.clone(), parent_of(span))).collect();
    assert_eq!(
        parents.iter().map(|(name, parent)| (name.as_str(), parent.as_str())).collect::<Vec<_>>(),
        [
            ("bole.commit", "bole.submission"),
            ("bole.document", "bole.read"),
            ("bole.encoding", "bole.read"),
            ("bole.evidence", "bole.read"),
            ("bole.index", PORTAL_SPAN),
            ("bole.read", "bole.submission"),
            ("bole.receipt", PORTAL_SPAN),
            ("bole.resume", "bole.read"),
            ("bole.submission", PORTAL_SPAN),
        ]
    );
    // The parts of reading lie at its end: what was before was the wait for a reader.
    for (name, from, to) in [
        ("bole.read", 0, 50),
        ("bole.document", 40, 44),
        ("bole.resume", 44, 47),
        ("bole.evidence", 47, 49),
        ("bole.encoding", 49, 50),
        ("bole.commit", 50, 57),
    ] {
        let at = |ms| nanos(began + Duration::from_millis(ms));
        let span = &spans[name];
        assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (at(from), at(to)), "{name}");
    }
    for (name, kind) in [
        ("bole.submission", SpanKind::Consumer),
        ("bole.index", SpanKind::Consumer),
        ("bole.receipt", SpanKind::Producer),
    ] {
        assert_eq!(spans[name].kind(), kind, "{name}");
    }
    for name in ["bole.index", "bole.receipt"] {
        let span = &spans[name];
        let expected = (nanos(committed_at), nanos(committed_at + later));
        assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), expected, "{name}");
    }
    let document = DocumentId::of(b"a").to_string();
    let identity =
        [("bole.portal", "agency"), ("bole.submission", "m-1"), ("bole.document", document.as_str())];
    let told = |more: &[(&str, &str)]| -> BTreeMap<String, String> {
        let all = identity.iter().chain(more);
        all.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let result = [
        ("bole.document.bytes", "12"),
        ("bole.state", "indexed"),
        ("bole.reason", "read"),
        ("bole.attempt", "2"),
    ];
    assert_eq!(attributes(&spans["bole.submission"].attributes), told(&result));
    assert_eq!(attributes(&spans["bole.index"].attributes), told(&[]));
    assert_eq!(attributes(&spans["bole.receipt"].attributes), told(&[]));
    for name in ["bole.read", "bole.document", "bole.resume", "bole.evidence", "bole.encoding", "bole.commit"]
    {
        assert!(spans[name].attributes.is_empty(), "{name}");
    }
    let resource = attributes(&collector.resource().attributes);
    assert_eq!(resource["service.name"], "bole");
    assert_eq!(resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(resource["bole.role"], "worker");
    assert!(resource["service.instance.id"].parse::<Uuid>().is_ok());
    let heads = &collector.taken.lock().unwrap().heads;
    assert!(heads.iter().all(|head| head.starts_with("post /v1/traces http/1.1\r\n")), "{heads:?}");
    assert!(heads.iter().all(|head| head.contains("content-type: application/x-protobuf\r\n")), "{heads:?}");
}

#[tokio::test]
async fn only_what_a_portal_asks_for_is_traced() {
    let mut collector = Collector::start().await;
    collector.run();
    let traces = Traces::to(&collector.endpoint, "worker").unwrap();
    let too_long = format!("01-{TRACE}-{PORTAL_SPAN}-01-{}", "0-".repeat(1000));
    let uppercase = traceparent("01").to_uppercase();
    let whole = traceparent("01");
    let cut = whole.strip_suffix("-01").unwrap();
    let no_trace = format!("00-{}-{PORTAL_SPAN}-01", "0".repeat(32));
    let no_span = format!("00-{TRACE}-{}-01", "0".repeat(16));
    let more = format!("{}-00", traceparent("01"));
    let garbage = ["", "-", "00", "Ann Example", &too_long, &uppercase, cut, &no_trace, &no_span, &more];
    let unsampled = traceparent("00");
    for header in garbage.into_iter().chain([unsampled.as_str()]).map(Some).chain([None]) {
        let trace = traces.submission(header);
        trace.identify(&submission(), DocumentId::of(b"a"), 12);
        trace.read(SystemTime::now(), SystemTime::now(), Some(StageTimes::default()));
        trace.commit(SystemTime::now(), SystemTime::now());
        trace.finish(State::Indexed, Reason::Read, Attempt(1));
        let record = record(header.map(str::to_owned));
        traces.searchable(&record, SystemTime::now());
        traces.receipt(&record, SystemTime::now());
    }
    // What was committed long ago is indexed anew.
    let mut old = record(Some(traceparent("01")));
    old.changed_at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(2);
    traces.searchable(&old, SystemTime::now());
    // The flags of a later version may say more.
    traces.submission(Some(&traceparent("ff"))).finish(State::Duplicate, Reason::SameContent, Attempt(1));
    // Given back.
    drop(traces.submission(Some(&traceparent("01"))));
    traces.shutdown().await;
    let spans = collector.spans();
    let statuses: Vec<_> = spans.iter().map(|span| span.status.clone().unwrap_or_default().code()).collect();
    assert_eq!(statuses, [StatusCode::Unset, StatusCode::Error], "{spans:?}");
    assert!(spans.iter().all(|span| span.name == "bole.submission"));
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let endpoint = Collector::start().await.endpoint;
    let traces = Traces::to(&endpoint, "worker").unwrap();
    traces.submission(Some(&traceparent("01"))).finish(State::Indexed, Reason::Read, Attempt(1));
    let flow = traces.on.as_ref().unwrap().flow.clone();
    assert_eq!(flow.n_waiting(), 1);
    traces.shutdown().await;
    assert_eq!(flow.n_waiting(), 0);
}

#[tokio::test]
async fn while_a_collector_hangs_submissions_go_untraced_and_later_ones_are_traced_again() {
    let mut collector = Collector::start().await;
    let traces = Traces::to(&collector.endpoint, "worker").unwrap();
    let flow = traces.on.as_ref().unwrap().flow.clone();
    // It takes the connection and answers nothing. If a call waited for it, this would never end.
    while flow.n_untraced() == 0 {
        traces.submission(Some(&traceparent("01"))).finish(State::Indexed, Reason::Read, Attempt(1));
    }
    collector.run();
    while flow.n_waiting() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    traces.submission(Some(&traceparent("01"))).finish(State::Discarded, Reason::Read, Attempt(77));
    traces.shutdown().await;
    let is_last = |span: &Span| attributes(&span.attributes)["bole.attempt"] == "77";
    assert_eq!(collector.spans().iter().filter(|span| is_last(span)).count(), 1);
}

#[test]
fn an_address_is_checked_before_anything_is_sent() {
    for (endpoint, problem) in [
        ("", "URL"),
        ("collector:4318", "neither"),
        ("/v1/traces", "neither"),
        ("grpc://collector:4317", "neither"),
        ("http://collector:4318/?token=secret", "query"),
        ("http://ann:secret@collector:4318", "OTEL_EXPORTER_OTLP_HEADERS"),
    ] {
        let error = Traces::to(endpoint, "worker").unwrap_err().to_string();
        assert_eq!(Traces::check(endpoint).unwrap_err().to_string(), error);
        assert!(error.contains(problem), "{endpoint}: {error}");
        assert!(!error.contains("ann:secret"), "{error}");
    }
}

#[test]
fn an_address_may_have_a_port_a_path_and_a_stroke_at_its_end() {
    for (endpoint, expected) in [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("https://collector.example/otlp/", "https://collector.example/otlp/v1/traces"),
        ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
    ] {
        assert_eq!(address(endpoint).unwrap().to_string(), expected);
    }
}

#[tokio::test]
async fn nothing_is_traced_when_it_is_off() {
    let traces = Traces::off();
    let trace = traces.submission(Some(&traceparent("01")));
    assert!(trace.running.is_none());
    trace.finish(State::Indexed, Reason::Read, Attempt(1));
    traces.shutdown().await;
}
