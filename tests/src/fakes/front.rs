//! What stands in front of every fake: the listening socket, the contract, the record of what was
//! asked, and trouble on demand.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body as HttpBody, Bytes, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::fault::{Fault, Planned};
use crate::contract::{Body, Contract, Exchange};

/// No vendor in question accepts more in one request (OpenAI: 25 MB of audio).
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// One request as a fake received it, for questions in tests.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded, in order.
    pub query: Vec<(String, String)>,
    /// JSON, a form's fields, or null.
    pub body: Value,
    /// What was answered.
    pub status: u16,
}

/// A form's fields as the handler understood them, so that the contract can judge them.
#[derive(Debug, Clone)]
pub(super) struct ReadForm(pub(super) Value);

/// Put on an answer that the vendor's description has no operation for (the subset is a subset).
#[derive(Debug, Clone, Copy)]
pub(super) struct OutsideTheSubset;

#[derive(Debug, Clone, Copy)]
struct UnknownRoute;

/// Shared by all handlers of one fake.
#[derive(Debug)]
pub(super) struct Front {
    contract: Arc<Contract>,
    requests: Mutex<Vec<Request>>,
    faults: Mutex<Vec<Planned>>,
    departures: Mutex<Vec<String>>,
}

impl Front {
    pub(super) fn new(contract: Arc<Contract>) -> Arc<Self> {
        Arc::new(Self {
            contract,
            requests: Mutex::default(),
            faults: Mutex::default(),
            departures: Mutex::default(),
        })
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        locked(&self.requests).clone()
    }

    pub(super) fn plan(&self, method: &str, path_part: &str, fault: Fault, times: usize) {
        locked(&self.faults).push(Planned {
            method: method.to_owned(),
            path_part: path_part.to_owned(),
            fault,
            times,
        });
    }

    pub(super) fn depart(&self, what: String) {
        locked(&self.departures).push(what);
    }

    pub(super) fn departures(&self) -> Vec<String> {
        locked(&self.departures).clone()
    }

    fn fault_for(&self, method: &str, path: &str) -> Option<Fault> {
        let mut faults = locked(&self.faults);
        let planned = faults.iter_mut().find(|planned| planned.is_for(method, path))?;
        planned.times -= 1;
        Some(planned.fault)
    }
}

/// A fake being served; stops with the value.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A loopback socket on a port the system chose.
pub(super) async fn socket() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let address = listener.local_addr().expect("the port just bound");
    (listener, address)
}

/// Serves `checked` behind the front, and `unchecked` (what no contract describes) beside it.
pub(super) fn serve(
    (listener, address): (TcpListener, SocketAddr),
    front: Arc<Front>,
    checked: Router,
    unchecked: Router,
) -> Served {
    let router = checked
        .fallback(async || (StatusCode::NOT_FOUND, axum::Extension(UnknownRoute)).into_response())
        .method_not_allowed_fallback(async || {
            (StatusCode::METHOD_NOT_ALLOWED, axum::Extension(UnknownRoute)).into_response()
        })
        .layer(from_fn_with_state(front, exchange));
    let router = unchecked.fallback_service(router);
    let task = tokio::spawn(async move {
        axum::serve(listener, router).await.expect("the fake's socket failed");
    });
    Served { address, task }
}

async fn exchange(State(front): State<Arc<Front>>, request: HttpRequest, next: Next) -> Response {
    let method = request.method().to_string();
    let path = percent_decoded(request.uri().path());
    let fault = front.fault_for(&method, &path);
    let (request, mut seen) = match taken_in(request).await {
        Ok(both) => both,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = fault.and_then(Fault::refusal) {
        record(&front, &seen, refusal.status().as_u16());
        return refusal;
    }
    let response = next.run(request).await;
    let response = match given_out(response, &mut seen).await {
        Ok(response) => response,
        Err(refusal) => return refusal,
    };
    judge(&front, &seen, &response);
    record(&front, &seen, response.status().as_u16());
    match fault {
        Some(Fault::LostAnswer) => (StatusCode::BAD_GATEWAY, "the answer was lost").into_response(),
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Slow(late)) => {
            tokio::time::sleep(late).await;
            response
        }
        _ => response,
    }
}

async fn taken_in(request: HttpRequest) -> Result<(HttpRequest, Exchange), Response> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|error| (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()).into_response())?;
    let seen = Exchange {
        method: parts.method.to_string(),
        path: percent_decoded(parts.uri.path()),
        query: query(parts.uri.query().unwrap_or_default()),
        request: Body::read(content_type(&parts.headers), &bytes),
        ..Exchange::default()
    };
    Ok((HttpRequest::from_parts(parts, HttpBody::from(bytes)), seen))
}

async fn given_out(response: Response, seen: &mut Exchange) -> Result<Response, Response> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())?;
    if let Some(ReadForm(value)) = parts.extensions.get() {
        let media_type = "multipart/form-data".to_owned();
        seen.request = Body::Json { media_type, value: value.clone() };
    }
    seen.status = parts.status.as_u16();
    seen.response = Body::read(content_type(&parts.headers), &bytes);
    Ok(Response::from_parts(parts, HttpBody::from(bytes)))
}

fn judge(front: &Front, seen: &Exchange, response: &Response) {
    if response.extensions().get::<UnknownRoute>().is_some() {
        front.depart(format!("{} {}: the fake knows no such operation", seen.method, seen.path));
    } else if response.extensions().get::<OutsideTheSubset>().is_none() {
        front.contract.departures(seen).into_iter().for_each(|it| front.depart(it));
    }
}

fn record(front: &Front, seen: &Exchange, status: u16) {
    locked(&front.requests).push(Request {
        method: seen.method.clone(),
        path: seen.path.clone(),
        query: seen.query.clone(),
        body: seen.request.value().cloned().unwrap_or_default(),
        status,
    });
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// Decoded `name=value` pairs.
pub(super) fn query(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plus_decoded(name), plus_decoded(value)))
        .collect()
}

fn plus_decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A lock whose other holder may have failed its test; the data is still good for the report.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails the test for departures from the contract, unless it is failing already.
pub(super) fn assert_kept(vendor: &str, front: &Front) {
    let departures = front.departures();
    assert!(
        departures.is_empty(),
        "{vendor}'s contract was not kept:\n  {}",
        departures.join("\n  ")
    );
}
