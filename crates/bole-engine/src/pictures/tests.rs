use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::population::tests::open;

fn key(number: u32) -> Key {
    (DocumentId::of(b"a document"), number)
}

fn image(n_bytes: usize) -> Arc<PageImage> {
    let png = Bytes::from(vec![0; n_bytes]);
    Arc::new(PageImage { png, width_px: WIDTH_PX, height_px: 1754, lacks_font: false })
}

/// What `get` gives, and whether it had to be drawn.
async fn ask(pictures: &Pictures, key: Key, found: Result<Found, EngineError>) -> (Option<Found>, bool) {
    let n_drawn = AtomicUsize::new(0);
    let draw = || async {
        n_drawn.fetch_add(1, Ordering::SeqCst);
        found
    };
    let given = pictures.get(key, draw).await.ok();
    (given, n_drawn.into_inner() == 1)
}

#[tokio::test]
async fn pictures_and_refusals_are_kept_and_faults_are_not() {
    let pictures = Pictures::default();
    let (first, is_drawn) = ask(&pictures, key(1), Ok(Ok(image(10)))).await;
    assert!(is_drawn);
    let (again, is_drawn) = ask(&pictures, key(1), Ok(Ok(image(20)))).await;
    assert!(!is_drawn && Arc::ptr_eq(&first.unwrap().unwrap(), &again.unwrap().unwrap()));

    let refused: Found = Err("drawing the page exceeded the limit on memory".into());
    assert!(ask(&pictures, key(2), Ok(refused.clone())).await.1);
    assert_eq!(ask(&pictures, key(2), Ok(Ok(image(10)))).await, (Some(refused), false));
    // Later it is tried again.
    let before = Instant::now().checked_sub(GIVEN_UP + Duration::from_secs(1)).unwrap();
    pictures.lock().iter_mut().for_each(|kept| kept.since = before);
    assert!(ask(&pictures, key(2), Ok(Ok(image(10)))).await.1);
    assert!(!ask(&pictures, key(1), Ok(Ok(image(10)))).await.1, "a picture does not go stale");

    let no_page = EngineError::NoSuchPage { page: 3, n_pages: 2 };
    assert_eq!(ask(&pictures, key(3), Err(no_page)).await, (None, true));
    assert!(ask(&pictures, key(3), Ok(Ok(image(10)))).await.1);
}

#[tokio::test]
async fn those_who_ask_at_once_have_it_drawn_once() {
    let pictures = Pictures::default();
    let n_drawn = AtomicUsize::new(0);
    let get = || {
        pictures.get(key(1), || async {
            n_drawn.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Ok(image(10)))
        })
    };
    let (first, second, third) = tokio::join!(get(), get(), get());
    let first = first.unwrap().unwrap();
    for other in [second, third] {
        assert!(Arc::ptr_eq(&first, &other.unwrap().unwrap()));
    }
    assert_eq!(n_drawn.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_asked_for_stays_and_all_of_it_is_bounded() {
    for (n_bytes, n_kept) in [(10, MAX_PICTURES), (MAX_BYTES / 4 - OVERHEAD_BYTES, 4), (MAX_BYTES + 1, 0)] {
        let pictures = Pictures::default();
        ask(&pictures, key(0), Ok(Ok(image(n_bytes)))).await;
        for number in 1..3000 {
            ask(&pictures, key(number), Ok(Ok(image(n_bytes)))).await;
            let (_, is_drawn) = ask(&pictures, key(0), Ok(Ok(image(n_bytes)))).await;
            assert_eq!(is_drawn, n_kept == 0, "{number}");
        }
        assert_eq!(pictures.lock().len(), n_kept);
        assert!(pictures.lock().iter().map(Kept::n_bytes).sum::<usize>() <= MAX_BYTES);
    }
}

#[tokio::test]
async fn who_is_not_there_has_no_pages() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    let drawn = page_image(&engine, "0123456789abcdef", 1, &Scope::all()).await;
    assert!(matches!(drawn, Err(EngineError::UnknownResume(_))), "{drawn:?}");
    let debug = format!("{:?}", image(10));
    assert!(debug.contains("png_bytes: 10"), "{debug}");
}
