//! Who may sign in.

use futures::future::join_all;
use mostik_domain::{Role, User, UserId};
use mostik_store::{Secret, StoreError};

use super::Backend;
use super::given::{at, fresh};

fn user(name: &str, role: Role) -> User {
    User { id: UserId::new(fresh()), name: name.to_owned(), role, created_at: at(0) }
}

pub(super) async fn users_are_kept_and_renamed(store: &dyn Backend) {
    let (olga, petr) = (user("Ольга", Role::Operator), user("Пётр", Role::Owner));
    store.save_user(olga.clone()).await.expect("saved");
    store.save_user(petr.clone()).await.expect("saved");
    let promoted = User { role: Role::Manager, name: "Ольга П.".to_owned(), ..olga };
    store.save_user(promoted.clone()).await.expect("saved");
    assert_eq!(store.users().await.expect("users"), [promoted, petr], "oldest first");
}

pub(super) async fn a_token_opens_until_it_expires(store: &dyn Backend) {
    let olga = user("Ольга", Role::Operator);
    store.save_user(olga.clone()).await.expect("saved");
    let hash = [7; 32];
    store.add_secret(Secret::Session, hash, olga.id, at(100)).await.expect("added");
    let of = async |kind, hash, seconds| {
        store.user_by_secret(kind, hash, at(seconds)).await.expect("a read")
    };
    assert_eq!(of(Secret::Session, hash, 99).await, Some(olga.clone()));
    assert_eq!(of(Secret::Session, hash, 100).await, None, "it has expired");
    assert_eq!(of(Secret::SignInLink, hash, 1).await, None, "a session is no sign-in link");
    assert_eq!(of(Secret::Session, [8; 32], 1).await, None);
    let late = store.take_secret(Secret::Session, hash, at(100)).await.expect("a read");
    assert_eq!(late, None);
    let nobody = store.add_secret(Secret::Session, hash, UserId::new(fresh()), at(9)).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })), "{nobody:?}");
}

pub(super) async fn one_of_many_takes_a_sign_in_link(store: &dyn Backend) {
    let admin = user("Администратор", Role::Admin);
    store.save_user(admin.clone()).await.expect("saved");
    store.add_secret(Secret::SignInLink, [1; 32], admin.id, at(100)).await.expect("added");
    let takers = (0..10).map(|_| store.take_secret(Secret::SignInLink, [1; 32], at(5)));
    let taken: Vec<_> =
        join_all(takers).await.into_iter().filter_map(|it| it.expect("ok")).collect();
    assert_eq!(taken, [admin]);
}

pub(super) async fn an_installation_secret_stays_the_first_one(store: &dyn Backend) {
    let makers = (0..10_u8).map(|i| store.installation_secret("customer links", [i; 32]));
    let kept: Vec<_> = join_all(makers).await.into_iter().map(|it| it.expect("ok")).collect();
    assert!(kept.iter().all(|secret| *secret == kept[0]), "all nodes have the same");
    let other = store.installation_secret("sessions", [99; 32]).await.expect("ok");
    assert_eq!(other, [99; 32]);
}
