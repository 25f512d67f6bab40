//! What a process of the pipeline tells on `/metrics`, in the text format 0.0.4.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long something took, in milliseconds, read off a histogram: right within its steps of a half.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Percentiles {
    /// How many there were.
    pub count: u64,
    /// The mean.
    pub mean_ms: f64,
    /// The median.
    pub p50_ms: f64,
    /// The 95th percentile.
    pub p95_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
}

/// A histogram's counts up to each bound, and the sum of what was counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    below: BTreeMap<u64, u64>,
    sum: f64,
    count: u64,
}

/// Gets `/metrics`.
pub(super) async fn metrics(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

impl Histogram {
    /// Adds what a process tells of a histogram; `label` is one such as `stage="read"`, or nothing.
    pub(super) fn add(&mut self, metrics: &str, name: &str, label: &str) {
        for line in metrics.lines() {
            let Some(rest) = line.strip_prefix(name) else { continue };
            let Some((key, value)) = rest.rsplit_once(' ') else { continue };
            if !key.contains(label) {
                continue;
            }
            if key.starts_with("_sum") {
                self.sum += value.parse::<f64>().unwrap_or(0.0);
            } else if key.starts_with("_count") {
                self.count += value.parse::<u64>().unwrap_or(0);
            } else if let Some(bound) = bound_of(key) {
                *self.below.entry(bound.to_bits()).or_default() += value.parse::<u64>().unwrap_or(0);
            }
        }
    }

    pub(super) fn percentiles(&self) -> Percentiles {
        Percentiles {
            count: self.count,
            mean_ms: if self.count > 0 { self.sum / self.count as f64 * 1000.0 } else { 0.0 },
            p50_ms: self.quantile(0.50),
            p95_ms: self.quantile(0.95),
            p99_ms: self.quantile(0.99),
        }
    }

    /// Linear within a bucket, as Prometheus' `histogram_quantile`; in milliseconds.
    fn quantile(&self, quantile: f64) -> f64 {
        let rank = quantile * self.count as f64;
        let (mut lower, mut below_lower) = (0.0, 0);
        // The bits of positive floats are in their order.
        for (bits, below) in &self.below {
            let bound = f64::from_bits(*bits);
            if *below as f64 >= rank && *below > below_lower {
                if !bound.is_finite() {
                    return lower * 1000.0;
                }
                let share = (rank - below_lower as f64) / (*below - below_lower) as f64;
                return (lower + share * (bound - lower)) * 1000.0;
            }
            (lower, below_lower) = (bound, *below);
        }
        0.0
    }
}

fn bound_of(key: &str) -> Option<f64> {
    let (_, rest) = key.strip_prefix("_bucket")?.split_once("le=\"")?;
    let (bound, _) = rest.split_once('"')?;
    if bound == "+Inf" { Some(f64::INFINITY) } else { bound.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_within_their_bucket() {
        let text = "took_bucket{stage=\"a\",le=\"0.1\"} 50\ntook_bucket{stage=\"a\",le=\"0.2\"} 100\n\
                    took_bucket{stage=\"a\",le=\"+Inf\"} 100\ntook_sum{stage=\"a\"} 10\n\
                    took_count{stage=\"a\"} 100\ntook_count{stage=\"b\"} 7\n";
        let mut histogram = Histogram::default();
        histogram.add(text, "took", "stage=\"a\"");
        let found = histogram.percentiles();
        assert_eq!(found.count, 100);
        assert!((found.p50_ms - 100.0).abs() < 1e-6, "{found:?}");
        assert!((found.p95_ms - 190.0).abs() < 1e-6, "{found:?}");
        assert!((found.mean_ms - 100.0).abs() < 1e-6, "{found:?}");
    }
}
