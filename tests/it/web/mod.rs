//! The web layer over a real socket and a real SQLite file.

mod access;
mod at_the_phone;
mod board;
mod call_people;
mod described;
mod desk;
mod given;
mod hostile;
mod likely;
mod messages;
mod own_page;
mod phone;
mod phone_in_a_browser;
mod recordings;
mod said;
mod said_in_a_browser;
