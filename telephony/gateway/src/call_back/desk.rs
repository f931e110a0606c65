//! Where call-backs are ordered, and where the gateway takes the orders.

use tokio::sync::{mpsc, oneshot};

use super::CallBackOrder;
use crate::CompletedCall;

/// Orders that may wait for the gateway; it takes each at once.
const MOST_WAITING: usize = 16;

/// Orders call-backs of a running gateway. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CallBacks(mpsc::Sender<Ordered>);

/// The orders, for [`crate::Lines::with_call_backs`].
#[derive(Debug)]
pub struct CallBacksWaiting(mpsc::Receiver<Ordered>);

/// An order, and where its end is told.
#[derive(Debug)]
pub(crate) struct Ordered {
    pub(crate) order: CallBackOrder,
    pub(crate) reply: oneshot::Sender<CompletedCall>,
}

/// The gateway did not take an order; nobody was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It has not started, or is ending.
    #[error("the phone line is not open")]
    Closed,
    /// As many orders wait as may.
    #[error("too many call-backs are waiting")]
    TooMany,
}

/// The end of a call-back was not told: the process is ending, and the call with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the phone line closed during the call-back")]
pub struct LostSight;

impl CallBacks {
    /// A desk for orders.
    pub fn open() -> (Self, CallBacksWaiting) {
        let (orders, waiting) = mpsc::channel(MOST_WAITING);
        (Self(orders), CallBacksWaiting(waiting))
    }

    /// Orders a call-back. The inner result is its end, with the report in
    /// [`CompletedCall::call_back`]; the host has then been asked to keep it. When the future is
    /// dropped the call goes on, and the host hears of it all the same.
    pub fn order(
        &self,
        order: CallBackOrder,
    ) -> Result<impl Future<Output = Result<CompletedCall, LostSight>> + Send + use<>, NotTaken>
    {
        let (reply, told) = oneshot::channel();
        self.0.try_send(Ordered { order, reply }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => NotTaken::TooMany,
            mpsc::error::TrySendError::Closed(_) => NotTaken::Closed,
        })?;
        Ok(async move { told.await.map_err(|_| LostSight) })
    }
}

impl CallBacksWaiting {
    /// The next order; waits for ever when nobody can order any more. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Ordered {
        match self.0.recv().await {
            Some(ordered) => ordered,
            None => std::future::pending().await,
        }
    }
}
