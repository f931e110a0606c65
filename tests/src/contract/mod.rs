//! Vendors' own API descriptions, so that the vendor and not the author of a fake decides the wire
//! format.
//!
//! Both directions of every exchange are checked: path, query, status, request body and response
//! body. The published descriptions are permissive (41 request schemas accept `{"zzz": 1}`), so two
//! guards stand beside them: every property sent must be listed in the description, and every
//! operation has canary bodies that must be refused before its check is trusted. What closing an
//! issue *does* or who *may* do it is not in a contract; the fakes say where such rules come from.

mod canary;
mod document;
mod exchange;
mod operation;
mod parameter;
mod undeclared;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use document::Document;
pub use exchange::{Body, Exchange};
use operation::Operation;
use serde_json::Value;

/// One vendor's API description, loaded once per process and compiled operation by operation as
/// tests use them.
#[derive(Debug)]
pub struct Contract {
    vendor: &'static str,
    prefix: &'static str,
    document: Option<Document>,
    compiled: Mutex<HashMap<(String, String), Arc<Operation>>>,
}

static GITHUB: LazyLock<Arc<Contract>> =
    LazyLock::new(|| Contract::load("GitHub", "github-rest.subset.json", ""));
static DISCORD: LazyLock<Arc<Contract>> =
    LazyLock::new(|| Contract::load("Discord", "discord-http.json", "/api/v10"));
static OPENAI: LazyLock<Arc<Contract>> =
    LazyLock::new(|| Contract::load("OpenAI", "openai.json", "/v1"));

impl Contract {
    /// GitHub's REST API (the issue, label, comment, timeline and app paths).
    pub fn github() -> Arc<Self> {
        GITHUB.clone()
    }

    /// Discord's HTTP API, version 10. Its gateway has no published schema.
    pub fn discord() -> Arc<Self> {
        DISCORD.clone()
    }

    /// OpenAI's API.
    pub fn openai() -> Arc<Self> {
        OPENAI.clone()
    }

    fn load(vendor: &'static str, file: &str, prefix: &'static str) -> Arc<Self> {
        let document = Document::load(file);
        if document.is_none() {
            crate::needs::say(&format!(
                "The {vendor} contract was not checked: {file} is not here (MOSTIK_SPECS names its folder)."
            ));
        }
        Arc::new(Self { vendor, prefix, document, compiled: Mutex::default() })
    }

    /// Whether the vendor's description is on this machine; without it the fakes run unchecked.
    pub fn is_checked(&self) -> bool {
        self.document.is_some()
    }

    /// Everything in which this exchange departs from the vendor's description; empty when it keeps
    /// to it. An operation the description does not have is a departure too.
    ///
    /// # Panics
    /// When a schema does not compile or lets a canary through: such a check would prove nothing.
    pub fn departures(&self, exchange: &Exchange) -> Vec<String> {
        let Some(document) = &self.document else { return Vec::new() };
        match self.operation(document, exchange) {
            Ok(operation) => operation.departures(document, exchange),
            Err(departure) => vec![departure],
        }
    }

    /// Whether the description has an operation for this method and path.
    pub fn describes(&self, method: &str, path: &str) -> bool {
        self.document
            .as_ref()
            .is_some_and(|document| document.find(method, self.local(path)).is_some())
    }

    /// What the description says against this request body alone; used by canaries in tests.
    pub fn request_departures(&self, method: &str, path: &str, body: &Value) -> Vec<String> {
        let Some(document) = &self.document else { return Vec::new() };
        let exchange = Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            request: Body::json(body.clone()),
            ..Exchange::default()
        };
        match self.operation(document, &exchange) {
            Ok(operation) => operation.request_departures(document, &exchange),
            Err(departure) => vec![departure],
        }
    }

    /// What the description says against this response body alone; used on recorded answers.
    pub fn response_departures(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: &Value,
    ) -> Vec<String> {
        let Some(document) = &self.document else { return Vec::new() };
        let exchange = Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            response: Body::json(body.clone()),
            ..Exchange::default()
        };
        match self.operation(document, &exchange) {
            Ok(operation) => operation.response_departures(document, &exchange),
            Err(departure) => vec![departure],
        }
    }

    fn local<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.prefix).unwrap_or(path)
    }

    fn operation(
        &self,
        document: &Document,
        exchange: &Exchange,
    ) -> Result<Arc<Operation>, String> {
        let path = self.local(&exchange.path);
        let Some(found) = document.find(&exchange.method, path) else {
            return Err(format!(
                "{} {}: {} describes no such operation",
                exchange.method, exchange.path, self.vendor
            ));
        };
        let key = (exchange.method.to_lowercase(), found.template.to_owned());
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let operation = compiled
            .entry(key)
            .or_insert_with(|| Arc::new(Operation::new(document, &exchange.method, &found)));
        Ok(operation.clone())
    }
}
