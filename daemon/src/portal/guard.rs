//! What every request passes first. The pages trust this machine; they do not trust what another
//! site makes its browser do: a foreign form, a name that was bent to point here (DNS rebinding),
//! a frame around our buttons. Also a bound on time, and headers that keep a page private.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Portal;
use super::mistake::Mistake;

/// From the whole request head to the head of its answer. The home itself has five seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Nothing from elsewhere, nothing inline, no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

pub(super) async fn guard(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let allowed = is_ours(request.headers(), portal.0.bound)
        && is_not_steered(request.method(), request.headers());
    let answer =
        async { if allowed { next.run(request).await } else { Mistake::Refused.into_response() } };
    let answer = tokio::time::timeout(ANSWER_WITHIN, answer).await;
    let mut response = answer.unwrap_or_else(|_| Mistake::Late.into_response());
    if let Some(mistake) = Mistake::of(&response) {
        response = mistake.page(&portal);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert_with(|| HeaderValue::from_static("no-store"));
    response
}

/// Was this page asked for by a name of this machine? Another name that resolves to here is
/// somebody else's.
fn is_ours(headers: &HeaderMap, bound: SocketAddr) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = name_of(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip == bound.ip())
}

/// The host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

/// Did our own page ask? A browser says from where it asks: a form of ours is `same-origin`. A
/// link from elsewhere may be followed, but only as a whole page, never as a picture or a frame.
/// Browsers that do not say so name the origin of a form.
fn is_not_steered(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let reads = method == Method::GET || method == Method::HEAD;
    match text("sec-fetch-site") {
        Some("same-origin") => true,
        Some("none") => reads,
        Some(_) => reads && text("sec-fetch-dest") == Some("document"),
        None if reads => true,
        None => {
            let host = text("host").unwrap_or_default();
            text("origin") == Some(format!("http://{host}").as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_names_of_this_machine_are_ours() {
        let bound: SocketAddr = "192.168.1.20:8470".parse().unwrap();
        let ours = ["127.0.0.1:8470", "localhost", "LOCALHOST:9000", "[::1]:8470", "127.0.0.2"];
        for host in ours.into_iter().chain(["192.168.1.20:8470"]) {
            assert!(is_ours(&headers(&[("host", host)]), bound), "{host}");
        }
        for host in ["evil.example:8470", "127.0.0.1.evil.example", "", "192.168.1.21", "[::2]"] {
            assert!(!is_ours(&headers(&[("host", host)]), bound), "{host}");
        }
        assert!(!is_ours(&HeaderMap::new(), bound), "no host at all");
    }

    #[test]
    fn a_form_counts_from_our_own_page_alone() {
        let post = |pairs| is_not_steered(&Method::POST, &headers(pairs));
        assert!(post(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(post(&[("host", "localhost:8470"), ("origin", "http://localhost:8470")]));
        assert!(!post(&[("sec-fetch-site", "cross-site")]));
        assert!(!post(&[("sec-fetch-site", "same-site")]), "another port is another site's");
        assert!(!post(&[("host", "localhost:8470"), ("origin", "http://evil.example")]));
        assert!(!post(&[("host", "localhost:8470"), ("origin", "null")]));
        assert!(!post(&[("host", "localhost:8470")]), "nobody says who asks");
    }

    #[test]
    fn a_foreign_page_may_link_here_and_not_embed() {
        let get = |pairs| is_not_steered(&Method::GET, &headers(pairs));
        assert!(get(&[]));
        assert!(get(&[("sec-fetch-site", "none"), ("sec-fetch-dest", "document")]));
        assert!(get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "document")]));
        assert!(!get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "image")]));
        assert!(!get(&[("sec-fetch-site", "same-site"), ("sec-fetch-dest", "iframe")]));
    }
}
