//! Models that are taken up while Mostik runs: `mostik train` and `--rollback`
//! put another version to use, and the next message is answered by it.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::Result;
use mostik_local::{LocalRootCause, LocalStage, training::Task};
use mostik_taxonomy::{
    Classification, Language, Pending, RootCauseClassifier, StageClassifier, StageVerdict,
};

use crate::own_models::{OwnModels, Stamp};

type Read<T> = Box<dyn Fn(&OwnModels) -> Result<Arc<T>> + Send + Sync>;

/// The model that was read last, and how another one is read.
struct Live<T: ?Sized> {
    models: OwnModels,
    read: Read<T>,
    used: RwLock<Used<T>>,
    /// One looks, the others answer by what is there.
    looking: tokio::sync::Mutex<()>,
}

struct Used<T: ?Sized> {
    model: Arc<T>,
    /// Of the version that was tried last, whether or not it could be read.
    stamp: Option<Stamp>,
}

impl<T: ?Sized + Send + Sync + 'static> Live<T> {
    fn start(models: OwnModels, model: Arc<T>, stamp: Option<Stamp>, read: Read<T>) -> Arc<Self> {
        let used = RwLock::new(Used { model, stamp });
        Arc::new(Self { models, read, used, looking: tokio::sync::Mutex::default() })
    }

    /// The model to answer by. Costs one look at a file's time unless another
    /// version has been put to use.
    async fn now(self: &Arc<Self>) -> Arc<T> {
        let (model, tried) = self.last();
        let Ok(_looking) = self.looking.try_lock() else { return model };
        let stamp = self.models.stamp();
        if stamp == tried {
            return model;
        }
        let this = Arc::clone(self);
        // Reading takes milliseconds, own causes are learnt anew.
        let read = tokio::task::spawn_blocking(move || (this.read)(&this.models)).await;
        let read = read.unwrap_or_else(|broken| Err(broken.into()));
        let name = self.models.current().unwrap_or_default();
        let model = match read {
            Ok(model) => {
                tracing::info!(model = %name, "another model is in use");
                model
            }
            Err(why) => {
                tracing::warn!(model = %name, why = %format!("{why:#}"), "cannot be used; the one before stays");
                model
            }
        };
        let mut used = self.used.write().unwrap_or_else(PoisonError::into_inner);
        *used = Used { model: model.clone(), stamp };
        model
    }

    fn last(&self) -> (Arc<T>, Option<Stamp>) {
        let used = self.used.read().unwrap_or_else(PoisonError::into_inner);
        (used.model.clone(), used.stamp)
    }
}

/// Names root causes by the version in use.
pub(crate) struct LiveRootCauses(Arc<Live<dyn RootCauseClassifier>>);

impl LiveRootCauses {
    /// Begins with the version in use now; `ready` makes a classifier of each one.
    pub(crate) fn start(
        data: &Path,
        ready: impl Fn(LocalRootCause) -> Arc<dyn RootCauseClassifier> + Send + Sync + 'static,
    ) -> Result<Self> {
        let models = OwnModels::of(data, Task::RootCause);
        let stamp = models.stamp();
        let model = ready(OwnModels::root_cause(data)?);
        let read: Read<dyn RootCauseClassifier> = Box::new(move |models| {
            let own = models.strictly(LocalRootCause::from_bytes)?;
            Ok(ready(own.map_or_else(LocalRootCause::new, Ok)?))
        });
        Ok(Self(Live::start(models, model, stamp, read)))
    }
}

impl RootCauseClassifier for LiveRootCauses {
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification> {
        Box::pin(async move { self.0.now().await.classify(text, hint).await })
    }
}

/// Judges owner-side comments by the version in use.
pub(crate) struct LiveStages(Arc<Live<LocalStage>>);

impl LiveStages {
    /// Begins with the version in use now.
    pub(crate) fn start(data: &Path) -> Result<Self> {
        let models = OwnModels::of(data, Task::Stage);
        let stamp = models.stamp();
        let model = Arc::new(OwnModels::stage(data)?);
        let read: Read<LocalStage> = Box::new(|models| {
            let own = models.strictly(LocalStage::from_bytes)?;
            Ok(Arc::new(own.map_or_else(LocalStage::new, Ok)?))
        });
        Ok(Self(Live::start(models, model, stamp, read)))
    }
}

impl StageClassifier for LiveStages {
    fn stage<'a>(&'a self, text: &'a str) -> Pending<'a, StageVerdict> {
        Box::pin(async move { self.0.now().await.stage(text).await })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use mostik_local::training::{OwnAnswers, shipped_examples, train};

    use super::*;
    use crate::own_models::Manifest;

    fn manifest() -> Manifest {
        Manifest {
            name: String::new(),
            version: String::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            own_lines: 10,
            own_before: 0.4,
            own_after: 0.9,
            shipped_before: 0.85,
            shipped_after: 0.85,
        }
    }

    fn another_model() -> Vec<u8> {
        let lines = shipped_examples(Task::RootCause).expect("good lines");
        let some: Vec<_> = lines.into_iter().step_by(200).collect();
        train(Task::RootCause, &some).bytes
    }

    #[tokio::test]
    async fn another_version_answers_the_next_message_and_a_broken_one_never_does() {
        let data = tempfile::tempdir().expect("a folder");
        let live = LiveRootCauses::start(data.path(), |model| Arc::new(model)).expect("started");
        let version = async || {
            let found = live.classify("курьер опоздал", Language::Russian).await;
            found.expect("an answer").version
        };
        let shipped = LocalRootCause::new().expect("shipped").version().to_owned();
        assert_eq!(version().await, shipped);
        let models = OwnModels::of(data.path(), Task::RootCause);
        let bytes = another_model();
        let own = LocalRootCause::from_bytes(&bytes).expect("a model").version().to_owned();
        models.keep(&bytes, &OwnAnswers::default(), manifest()).expect("kept");
        assert_eq!(version().await, own);
        models.keep(b"torn", &OwnAnswers::default(), manifest()).expect("kept");
        assert_eq!((version().await, version().await), (own.clone(), own.clone()));
        fs::write(data.path().join("models/root-cause/current"), "../v1").expect("written");
        assert_eq!(version().await, own, "a stray name was followed");
        models.roll_back(Some("shipped")).expect("back");
        assert_eq!(version().await, shipped);
        fs::remove_dir_all(data.path().join("models")).expect("removed");
        assert_eq!(version().await, shipped);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn whoever_asks_in_the_meantime_is_answered_by_one_of_both() {
        let data = tempfile::tempdir().expect("a folder");
        let live = LiveRootCauses::start(data.path(), |model| Arc::new(model)).expect("started");
        let live = Arc::new(live);
        let models = OwnModels::of(data.path(), Task::RootCause);
        let bytes = another_model();
        let own = LocalRootCause::from_bytes(&bytes).expect("a model").version().to_owned();
        let shipped = LocalRootCause::new().expect("shipped").version().to_owned();
        let asking: Vec<_> = (0..8)
            .map(|_| {
                let (live, both) = (live.clone(), [own.clone(), shipped.clone()]);
                tokio::spawn(async move {
                    for _ in 0..200 {
                        let found = live.classify("дорого", Language::Russian).await;
                        assert!(both.contains(&found.expect("an answer").version));
                    }
                })
            })
            .collect();
        models.keep(&bytes, &OwnAnswers::default(), manifest()).expect("kept");
        models.roll_back(Some("shipped")).expect("back");
        models.roll_back(Some("v1")).expect("forth");
        for asked in asking {
            asked.await.expect("answered");
        }
        let found = live.classify("дорого", Language::Russian).await.expect("an answer");
        assert_eq!(found.version, own);
    }
}
