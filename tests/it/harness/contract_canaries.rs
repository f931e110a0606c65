//! The contracts refuse what is wrong and accept what is right.

use mostik_tests::contract::Contract;
use serde_json::json;

const ISSUES: &str = "/repos/acme/shop/issues";

#[test]
fn github_refuses_wrong_issues_and_accepts_right_ones() {
    let github = Contract::github();
    if !github.is_checked() {
        return;
    }
    let against = |body| github.request_departures("POST", ISSUES, &body);
    assert_eq!(against(json!({"title": "Delivery is late", "labels": ["delivery"]})), [""; 0]);
    assert!(!against(json!({"body": 5})).is_empty(), "no title, and a number for a body");
    assert!(!against(json!({"title": "x", "labels": 7})).is_empty(), "labels are a list");
    assert!(!against(json!({"title": "x", "zzz": 1})).is_empty(), "zzz is not listed");
    assert!(!github.response_departures("POST", ISSUES, 201, &json!({"number": 1})).is_empty());
    assert!(!github.response_departures("POST", ISSUES, 299, &json!({})).is_empty());
    assert!(!github.request_departures("POST", "/nowhere", &json!({})).is_empty());
}

#[test]
fn discord_refuses_wrong_messages_and_accepts_right_ones() {
    let discord = Contract::discord();
    if !discord.is_checked() {
        return;
    }
    let path = "/api/v10/channels/1/messages";
    let against = |body| discord.request_departures("POST", path, &body);
    assert_eq!(
        against(json!({"content": "Здравствуйте", "nonce": "a", "enforce_nonce": true})),
        [""; 0]
    );
    assert!(!against(json!({"content": 5})).is_empty());
    assert!(!against(json!({"content": "x".repeat(4001)})).is_empty());
    assert!(!against(json!({"text": "x"})).is_empty());
}

#[test]
fn openai_refuses_wrong_chats_and_accepts_right_ones() {
    let openai = Contract::openai();
    if !openai.is_checked() {
        return;
    }
    let against = |body| openai.request_departures("POST", "/v1/chat/completions", &body);
    let right = json!({"model": "m", "messages": [{"role": "user", "content": "hello"}]});
    assert_eq!(against(right), [""; 0]);
    assert!(!against(json!({"model": "m", "messages": "nope"})).is_empty());
    assert!(!against(json!({"messages": []})).is_empty());
}
