//! Keeps a call's note up to date without the caller waiting for the disk.

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::CompletedCall;
use crate::journal::Journal;

/// Writes the latest state of one call, and skips those that are out of date before their turn.
pub(crate) struct Notebook {
    latest: watch::Sender<CompletedCall>,
    /// Whether the disk has been asked at least once, and has answered.
    begun: watch::Receiver<bool>,
    writer: JoinHandle<()>,
}

impl Notebook {
    /// Begins with the call as it was answered.
    pub(crate) fn open(journal: Journal, told: CompletedCall) -> Self {
        let (latest, mut states) = watch::channel(told);
        states.mark_changed();
        let (beginning, begun) = watch::channel(false);
        let writer = tokio::spawn(async move {
            while states.changed().await.is_ok() {
                let told = states.borrow_and_update().clone();
                write(journal.clone(), told).await;
                beginning.send_replace(true);
            }
        });
        Self { latest, begun, writer }
    }

    /// Writes this state soon.
    pub(crate) fn note(&self, told: &CompletedCall) {
        self.latest.send_replace(told.clone());
    }

    /// Returns when a crash would leave a note of this call.
    pub(crate) async fn begun(&self) {
        self.begun.clone().wait_for(|begun| *begun).await.ok();
    }

    /// Returns when the last state is written.
    pub(crate) async fn close(self) {
        drop(self.latest);
        self.writer.await.ok();
    }
}

/// A disk that refuses does not end the call.
async fn write(journal: Journal, told: CompletedCall) {
    match tokio::task::spawn_blocking(move || journal.write(&told)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "a call's note cannot be written"),
        Err(error) => tracing::error!(%error, "a call's note was not written"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{ArrivedCall, CallFacts, Caller, SpokenLanguage};

    fn a_call() -> CompletedCall {
        let arrived = ArrivedCall {
            id: "call_one".into(),
            line: "support".into(),
            caller: Caller {
                uri: "sip:anna@example.net".into(),
                user: "anna".into(),
                host: "example.net".into(),
                display_name: None,
            },
            source: ([127, 0, 0, 1], 5060).into(),
            came_by: None,
            at: Timestamp::UNIX_EPOCH,
        };
        CompletedCall::arriving(arrived, SpokenLanguage::English, CallFacts::default())
    }

    #[tokio::test]
    async fn the_last_state_is_on_disk_when_the_notebook_is_closed() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::open(folder.path()).expect("a journal");
        let mut told = a_call();
        let notebook = Notebook::open(journal.clone(), told.clone());
        notebook.begun().await;
        assert_eq!(journal.calls().expect("notes").len(), 1);
        for key in "123456789".chars() {
            told.keys.push(key);
            notebook.note(&told);
        }
        notebook.close().await;
        assert_eq!(journal.calls().expect("notes")[0].keys, told.keys);
    }
}
