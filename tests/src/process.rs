//! Child processes that never outlive the test process, however it ends.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use crate::eventually::eventually;
use crate::needs::find_program;

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// The kernel signals a child when the *thread* that started it ends, so all children are started
/// by one thread that ends with the process.
static NURSERY: LazyLock<Mutex<mpsc::Sender<Order>>> = LazyLock::new(|| {
    let (orders, inbox) = mpsc::channel::<Order>();
    std::thread::Builder::new()
        .name("nursery".to_owned())
        .spawn(move || {
            for (mut command, reply) in inbox {
                // Whoever asked may have given up.
                let _ = reply.send(command.spawn());
            }
        })
        .expect("a thread for starting children");
    Mutex::new(orders)
});

/// A running child; killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts `program`; `prepare` adds arguments, environment and redirections.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(program: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let mut command = match find_program("setpriv") {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "KILL", program]);
                command
            }
            None => Command::new(program),
        };
        command.stdin(Stdio::null());
        prepare(&mut command);
        let (reply, answer) = mpsc::channel();
        NURSERY
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send((command, reply))
            .expect("the nursery lives as long as the process");
        let child = answer.recv().expect("the nursery answers");
        let child = child.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        Self { name: program.to_owned(), child }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Waits for its end.
    pub async fn end(&mut self, patience: Duration) -> ExitStatus {
        let name = self.name.clone();
        eventually(&format!("{name} to end"), patience, async || {
            self.ended().ok_or("it still runs")
        })
        .await
    }

    /// SIGKILL, and waits until the kernel has taken it.
    pub fn kill_nine(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal by name (`TERM`, `INT`, `STOP`, `CONT`).
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|it| it.success()), "{signal} could not be sent to {}", self.name);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_nine();
    }
}
