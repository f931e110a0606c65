//! SRV records (RFC 2782): which servers offer a transport.

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::LocateError;
use crate::Transport;

/// Records of one service that are read.
const MAX_RECORDS: usize = 32;

/// One server of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) port: u16,
    pub(super) target: String,
}

/// The servers that offer a transport; none when the host has no such records.
pub(super) async fn services_of(
    resolver: &TokioResolver,
    transport: Transport,
    host: &str,
) -> Result<Vec<Service>, LocateError> {
    let label = match transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
    };
    let name = format!("{label}.{}.", host.trim_end_matches('.'));
    let found = match resolver.lookup(name, RecordType::SRV).await {
        Ok(found) => found,
        Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
        Err(_) => return Err(LocateError::TimedOut),
    };
    let services: Vec<Service> = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Service {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: srv.target.to_string(),
            }),
            _ => None,
        })
        .take(MAX_RECORDS)
        .collect();
    if services.iter().any(|service| service.target == ".") {
        return Err(LocateError::NotOffered);
    }
    Ok(services)
}
