use std::time::Duration;

use super::{defaults, text, value_of};

fn seconds(value: &str) -> Duration {
    let number = value.trim().trim_end_matches([';', 's']);
    Duration::from_secs(number.parse().unwrap_or_else(|_| panic!("`{value}`")))
}

/// A node gives up by itself, and says why, before the proxy does.
#[test]
fn proxies_wait_longer_than_nodes() {
    let server = defaults().server;
    let longest = server.body_time + server.request_time;
    let (haproxy, nginx) = (text("proxy/haproxy.cfg"), text("proxy/nginx.conf"));
    for name in ["timeout client", "timeout server"] {
        assert!(seconds(value_of(&haproxy, name)) > longest, "{name}");
    }
    for name in ["client_body_timeout", "proxy_read_timeout", "proxy_send_timeout", "send_timeout"] {
        assert!(seconds(value_of(&nginx, name)) > longest, "{name}");
    }
}

/// What is too large is refused by Bole, with a problem that says so.
#[test]
fn proxies_let_the_largest_document_through() {
    let most =
        value_of(&text("proxy/nginx.conf"), "client_max_body_size").trim_end_matches(['m', ';']).to_owned();
    // A form has a MiB more than the document in it.
    assert!(most.parse::<usize>().unwrap() << 20 > defaults().queue.limit_bytes + (1 << 20));
}
