//! What we ask of the other side in a call: another session, another partner.

use mostik_sip::{Call, CallEvent, ReofferError, TransferError, TransferOutcome};

use crate::callee::Callee;
use crate::heard::Heard;
use crate::world::{ANSWER, World, next, soon};

/// A call we placed that `callee` answered.
async fn placed(world: &World, callee: &mut Callee) -> (Call, Heard) {
    let mut call = world.edge.dial(callee.order()).unwrap();
    let invite = callee.expect("INVITE").await;
    callee.pick_up(&invite).await;
    let call = loop {
        if let mostik_sip::DialEvent::Answered(call, _) = soon(call.next()).await {
            break call;
        }
    };
    callee.expect("ACK").await;
    (call, invite)
}

async fn news(callee: &mut Callee, invite: &Heard, number: u32, state: &str, status: &str) {
    let extra =
        format!("Event: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag\r\n");
    let body = format!("SIP/2.0 {status}\r\n");
    callee.ask_with(invite, "NOTIFY", number, &extra, &body).await;
    assert_eq!(callee.hear().await.status(), 200);
}

#[tokio::test]
async fn a_transfer_is_followed_to_its_end() {
    let world = World::start().await;
    for (last, outcome) in [
        ("200 OK", TransferOutcome::Done),
        ("486 Busy Here", TransferOutcome::Failed { status: 486 }),
        ("100 Trying", TransferOutcome::Accepted),
    ] {
        let mut callee = Callee::udp().await;
        let (mut call, invite) = placed(&world, &mut callee).await;
        let transfer = tokio::spawn(call.transfer("sip:carol@pbx.example"));
        let refer = callee.expect("REFER").await;
        assert_eq!(refer.header("Refer-To"), "<sip:carol@pbx.example>");
        assert!(matches!(soon(call.transfer("1")).await, Err(TransferError::UnderWay)));
        callee.answer(&refer, "202 Accepted", "", "", "").await;
        news(&mut callee, &invite, 1, "active;expires=60", "100 Trying").await;
        news(&mut callee, &invite, 2, "terminated;reason=noresource", last).await;
        assert_eq!(soon(transfer).await.unwrap(), Ok(outcome));
        // The call goes on until somebody hangs up.
        callee.ask(&invite, "BYE", 3).await;
        assert!(matches!(next(&mut call).await, CallEvent::Ended(_)));
    }
}

#[tokio::test]
async fn a_transfer_may_be_refused_or_taken_without_news() {
    let world = World::start().await;
    let mut callee = Callee::udp().await;
    let (call, invite) = placed(&world, &mut callee).await;
    assert_eq!(soon(call.transfer("a b")).await, Err(TransferError::Target));
    let transfer = tokio::spawn(call.transfer("+4930123"));
    let refer = callee.expect("REFER").await;
    assert_eq!(refer.header("Refer-To"), format!("<sip:+4930123@{}>", callee.local));
    callee.answer(&refer, "603 Decline", "", "", "").await;
    assert_eq!(soon(transfer).await.unwrap(), Err(TransferError::Refused { status: 603 }));
    let extra = "Event: refer\r\nSubscription-State: terminated\r\n";
    callee.ask_with(&invite, "NOTIFY", 1, extra, "SIP/2.0 200 OK\r\n").await;
    assert_eq!(callee.hear().await.status(), 481, "no transfer is under way");
    let transfer = tokio::spawn(call.transfer("+4930123"));
    let refer = callee.expect("REFER").await;
    callee.answer(&refer, "200 OK", "", "Refer-Sub: false\r\n", "").await;
    assert_eq!(soon(transfer).await.unwrap(), Ok(TransferOutcome::Accepted));
}

#[tokio::test]
async fn two_calls_are_joined() {
    let world = World::start().await;
    let (mut one, mut two) = (Callee::udp().await, Callee::tcp().await);
    let (first, _) = placed(&world, &mut one).await;
    let (second, invite) = placed(&world, &mut two).await;
    let transfer = tokio::spawn(first.transfer_into(&second));
    let refer = one.expect("REFER").await;
    let ours = invite.header("From").split_once("tag=").unwrap().1;
    let call_id = invite.header("Call-ID");
    let replaces = format!("?Replaces={call_id}%3Bto-tag%3Dcallee%3Bfrom-tag%3D{ours}>");
    let refer_to = refer.header("Refer-To");
    assert!(refer_to.starts_with(&format!("<sip:callee@{}", two.local)), "{refer_to}");
    assert!(refer_to.ends_with(&replaces), "{refer_to} and {replaces}");
    one.answer(&refer, "202 Accepted", "", "Refer-Sub: false\r\n", "").await;
    assert_eq!(soon(transfer).await.unwrap(), Ok(TransferOutcome::Accepted));
}

#[tokio::test]
async fn we_hold_and_resume() {
    let mut world = World::start().await;
    let mut callee = Callee::udp().await;
    let (call, _) = placed(&world, &mut callee).await;
    let holding = tokio::spawn(call.reoffer("v=0\r\ns=hold\r\n".into()));
    let change = callee.expect("INVITE").await;
    assert_eq!(change.body, "v=0\r\ns=hold\r\n");
    let again = soon(call.reoffer("v=0\r\n".into())).await;
    assert_eq!(again, Err(ReofferError::UnderWay));
    callee.answer(&change, "200 OK", "", "", ANSWER).await;
    callee.expect("ACK").await;
    assert_eq!(soon(holding).await.unwrap().as_deref(), Ok(ANSWER));
    let refused = tokio::spawn(call.reoffer("v=0\r\ns=video\r\n".into()));
    let change = callee.expect("INVITE").await;
    callee.answer(&change, "488 Not Acceptable Here", "", "", "").await;
    callee.expect("ACK").await;
    assert_eq!(soon(refused).await.unwrap(), Err(ReofferError::Refused { status: 488 }));
    // The same in a call that came in.
    let mut phone = world.phone(mostik_sip::Transport::Udp).await;
    let call = world.established(&mut phone).await;
    let holding = tokio::spawn(call.reoffer("v=0\r\ns=hold\r\n".into()));
    let change = phone.hear().await;
    assert!(change.start.starts_with("INVITE "), "{}", change.start);
    phone.reply(&change, "491 Request Pending").await;
    assert_eq!(soon(holding).await.unwrap(), Err(ReofferError::UnderWay));
}
