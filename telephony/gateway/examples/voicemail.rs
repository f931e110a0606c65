//! A voicemail on its own: `voicemail RECORDINGS_DIR [sip:5060] [rtp:40000-40099]`. Every line is
//! answered in Russian with a promise of 30 minutes; ended calls are printed as JSON.
//!
//! SIGKILL it in a call and start it again: the call is told at the start.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mostik_gateway::{
    ArrivedCall, CallApp, CallHost, CallPlan, CompletedCall, Gateway, GatewayConfig, HostError,
    Lines, Refusal, SpokenLanguage, SpokenPromise,
};
use mostik_sip::{Edge, EdgeConfig, Listen, Transport};
use tokio_util::sync::CancellationToken;

struct Printer;

#[async_trait]
impl CallHost for Printer {
    async fn plan(&self, arrived: &ArrivedCall) -> Result<CallApp, Refusal> {
        if arrived.line == "nobody" {
            return Err(Refusal::UnknownLine);
        }
        Ok(CallApp::Message(CallPlan::message(
            SpokenLanguage::Russian,
            SpokenPromise::WithinMinutes(30),
            Duration::from_mins(2),
        )))
    }

    async fn completed(&self, call: CompletedCall) -> Result<(), HostError> {
        let line = serde_json::to_string(&call).map_err(HostError::new)?;
        writeln!(std::io::stdout(), "{line}").map_err(HostError::new)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory for the recordings")?;
    let port: u16 = arguments.next().map_or(Ok(5060), |port| port.parse())?;
    let rtp = arguments.next().unwrap_or_else(|| "40000-40099".into());
    let (first, last) = rtp.split_once('-').ok_or("ports are written 40000-40099")?;

    let address = ([127, 0, 0, 1], port).into();
    let listen = [Transport::Udp, Transport::Tcp].map(|transport| Listen { transport, address });
    let (edge, incoming) =
        Edge::start(EdgeConfig { listen: listen.to_vec(), ..EdgeConfig::default() }).await?;
    for listen in edge.listening() {
        writeln!(std::io::stdout(), "listening on {listen}")?;
    }
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    let config = GatewayConfig::new(directory, first.parse()?..=last.parse()?);
    Gateway::run(config, Lines::new(incoming, edge.line_out()), Arc::new(Printer), stop).await?;
    edge.shutdown(Duration::from_secs(2)).await;
    Ok(())
}
