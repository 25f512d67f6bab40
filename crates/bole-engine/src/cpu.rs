use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// The one pool of threads that computes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CpuPool {
    pool: Arc<ThreadPool>,
}

/// A job panicked: a bug. The pool has as many threads as before.
#[derive(Debug, thiserror::Error)]
#[error("a computation panicked; this is a bug of Bole, the data is not touched")]
pub struct Panicked;

impl CpuPool {
    /// Starts `n_threads` threads; 0 means one a core.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(n_threads: usize) -> Result<Self, ThreadPoolBuildError> {
        let builder = ThreadPoolBuilder::new().num_threads(n_threads);
        let pool = builder.thread_name(|index| format!("bole-cpu-{index}")).build()?;
        Ok(Self { pool: Arc::new(pool) })
    }

    /// Runs a job in the pool; parallel iterators within it use the same threads. A job that nobody waits for any
    /// more before it begins is skipped.
    ///
    /// # Errors
    /// If the job panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (sender, receiver) = oneshot::channel();
        self.pool.spawn(move || {
            if sender.is_closed() {
                return;
            }
            if let Ok(value) = catch_unwind(AssertUnwindSafe(job)) {
                // The receiver may be gone: then nobody wants the value.
                drop(sender.send(value));
            }
        });
        receiver.await.map_err(|_| Panicked)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    #[tokio::test]
    async fn panics_are_errors_and_do_not_shrink_the_pool() {
        let cpu = CpuPool::new(2).unwrap();
        for _ in 0..50 {
            assert!(cpu.run(|| std::panic::resume_unwind(Box::new("a bug"))).await.is_err());
        }
        let sum = cpu.run(|| (1..=1000_u64).into_par_iter().sum::<u64>()).await.unwrap();
        assert_eq!(sum, 500_500);
    }
}
