use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{Role, User, UserId};
use serde::Deserialize;

use super::shell::{Here, Shell, Visit, private_page};
use crate::{
    access::one_time_link,
    acts::typed,
    api::id_in_path,
    error::ProblemDocument,
    guard::{Admin, FormBody, Person},
    wording::When,
};

/// Characters of a name.
const NAME_LIMIT: usize = 100;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<PersonRow>,
    roles: Vec<(&'static str, &'static str)>,
    /// Name and one-time link of who was just invited.
    invited: Option<(String, String)>,
}

struct PersonRow {
    id: UserId,
    name: String,
    role: &'static str,
    added: When,
}

/// Who may sign in.
pub(super) async fn show(Admin(person): Admin, visit: Visit) -> Result<Response, ProblemDocument> {
    people_page(&visit, &person, None).await
}

/// Name and role of somebody new.
#[derive(Deserialize)]
pub(super) struct NewPerson {
    name: String,
    role: Role,
}

/// Adds somebody, and shows the one-time link once.
pub(super) async fn add(
    Admin(person): Admin,
    visit: Visit,
    FormBody(new): FormBody<NewPerson>,
) -> Result<Response, ProblemDocument> {
    let user = User {
        id: UserId::new(visit.state.clock.fresh_id()),
        name: typed("name", &new.name, NAME_LIMIT)?,
        role: new.role,
        created_at: visit.now,
    };
    visit.state.access.save_user(user.clone()).await?;
    invite(&visit, &person, user).await
}

/// A fresh link for somebody who is known.
pub(super) async fn new_link(
    Admin(person): Admin,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, ProblemDocument> {
    let id: UserId = id_in_path(&id)?;
    let user = visit.state.access.users().await?.into_iter().find(|user| user.id == id);
    invite(&visit, &person, user.ok_or_else(ProblemDocument::not_found)?).await
}

async fn invite(visit: &Visit, admin: &Person, user: User) -> Result<Response, ProblemDocument> {
    let state = &visit.state;
    let url = &state.settings.public_url;
    let link = one_time_link(state.access.as_ref(), user.id, url, visit.now).await?;
    people_page(visit, admin, Some((user.name, link))).await
}

async fn people_page(
    visit: &Visit,
    person: &Person,
    invited: Option<(String, String)>,
) -> Result<Response, ProblemDocument> {
    let w = visit.w();
    let people = visit.state.access.users().await?.into_iter().map(|user| PersonRow {
        id: user.id,
        name: user.name,
        role: w.role(user.role),
        added: visit.when(user.created_at),
    });
    private_page(&PeoplePage {
        // The page shows a link once: it must not fetch itself anew.
        shell: Shell { live: String::new(), ..visit.staff(person, Here::People).await? },
        people: people.collect(),
        roles: Role::ALL.map(|role| (role.as_str(), w.role(role))).to_vec(),
        invited,
    })
}
