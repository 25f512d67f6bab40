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

/// A form has the document in it and a little more; what is larger would be refused by Bole in the middle.
#[test]
fn nginx_lets_the_largest_document_through_and_hardly_more() {
    let nginx = text("proxy/nginx.conf");
    let most = value_of(&nginx, "client_max_body_size").trim_end_matches("k;");
    let beyond = (most.parse::<usize>().unwrap() << 10).checked_sub(defaults().queue.limit_bytes).unwrap();
    assert!((16 << 10..=1 << 20).contains(&beyond), "{beyond} bytes");
}
