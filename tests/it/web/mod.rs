//! The web layer over a real socket and a real SQLite file.

mod access;
mod board;
mod described;
mod desk;
mod given;
mod hostile;
mod likely;
mod messages;
mod own_page;
mod recordings;
mod said;
mod said_in_a_browser;
