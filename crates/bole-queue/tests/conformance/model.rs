use std::collections::BTreeMap;
use std::sync::Arc;

use bole_queue::{Acknowledged, Delivery, Queue};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{Factory, Limits, id_of, message, receive};

#[derive(Clone, Debug)]
enum Op {
    Publish { portal: u8, n_messages: u8 },
    Receive,
    Ack(prop::sample::Index),
    Release(prop::sample::Index),
    Drop(prop::sample::Index),
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (0..3_u8, 1..4_u8).prop_map(|(portal, n_messages)| Op::Publish { portal, n_messages }),
        5 => Just(Op::Receive),
        3 => any::<prop::sample::Index>().prop_map(Op::Ack),
        2 => any::<prop::sample::Index>().prop_map(Op::Release),
        1 => any::<prop::sample::Index>().prop_map(Op::Drop),
        1 => Just(Op::Reopen),
    ]
}

/// Does anything in any order; at the end every message that was not acknowledged is there, once, and counted right.
pub(crate) fn nothing_is_lost_whatever_is_done<F: Factory>(n_cases: u32, factory: impl Fn() -> Arc<F>) {
    let mut config = ProptestConfig::with_cases(n_cases);
    config.failure_persistence = None;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    TestRunner::new(config)
        .run(&prop::collection::vec(op(), 1..40), |ops| {
            runtime.block_on(play(&*factory(), ops));
            Ok(())
        })
        .unwrap();
}

/// How often each message that is in the queue has been handed out.
type Oracle = BTreeMap<String, u32>;

async fn play(factory: &impl Factory, ops: Vec<Op>) {
    let mut queue = factory.open(Limits::WIDE).await;
    let mut oracle = Oracle::new();
    let mut held = Vec::<Delivery>::new();
    let mut n_published = 0;
    for op in ops {
        match op {
            Op::Publish { portal, n_messages } => {
                let messages = (0..n_messages)
                    .map(|n| message(&format!("p{portal}"), &format!("{n_published}-{n}"), 100))
                    .collect::<Vec<_>>();
                n_published += 1;
                queue.publish(&messages).await.unwrap();
                let ids = messages.into_iter().filter_map(|message| message.properties.message_id);
                oracle.extend(ids.map(|id| (id, 0)));
            }
            Op::Receive if held.len() < oracle.len() => held.push(take(factory, &queue, &mut oracle).await),
            Op::Ack(index) if !held.is_empty() => {
                let delivery = held.swap_remove(index.index(held.len()));
                oracle.remove(&id_of(&delivery)).unwrap();
                assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
            }
            Op::Release(index) if !held.is_empty() => {
                held.swap_remove(index.index(held.len())).release().await.unwrap();
            }
            Op::Drop(index) if !held.is_empty() => drop(held.swap_remove(index.index(held.len()))),
            Op::Reopen => {
                held.clear();
                drop(queue);
                queue = factory.open(Limits::WIDE).await;
            }
            Op::Receive | Op::Ack(_) | Op::Release(_) | Op::Drop(_) => {}
        }
    }
    held.clear();
    while !oracle.is_empty() {
        let delivery = take(factory, &queue, &mut oracle).await;
        oracle.remove(&id_of(&delivery)).unwrap();
        assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    }
    assert!(queue.depth().await.unwrap().iter().all(|depth| depth.n_ready + depth.n_held.unwrap_or(0) == 0));
}

async fn take(factory: &impl Factory, queue: &Arc<dyn Queue>, oracle: &mut Oracle) -> Delivery {
    let delivery = receive(queue).await;
    let n_deliveries = oracle.get_mut(&id_of(&delivery)).expect("a message that is in the queue");
    *n_deliveries += 1;
    factory.assert_n_deliveries(&delivery, *n_deliveries);
    delivery
}
