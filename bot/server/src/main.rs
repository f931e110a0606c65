//! `mostik`: see `mostik --help`.

fn main() -> std::process::ExitCode {
    mostik_server::run(std::env::args_os())
}
