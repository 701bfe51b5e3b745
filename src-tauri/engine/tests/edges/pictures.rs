//! Pictures that customers send, shown without trusting them (D20, D41); and customers who type.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use signoff_engine::Engine;
use signoff_wire::interface::{Announcement, Code, PictureQuery};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online};

fn photo() -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_fn(1_500, 900, |x, _| if x < 750 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) });
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// What came with the last message of a conversation, once it is here.
async fn came_with(engine: &Engine, conversation: &str) -> Vec<String> {
    let files = async || {
        let view = engine.conversation(conversation).await.ok()?;
        let entry = view.timeline.entries.into_iter().rfind(|entry| !entry.attachments.is_empty())?;
        Some(entry.attachments.into_iter().map(|file| file.id).collect::<Vec<_>>())
    };
    eventually("the files are here", async || files().await.is_some()).await;
    files().await.unwrap()
}

fn small(conversation_id: &str, attachment_id: &str) -> PictureQuery {
    PictureQuery { conversation_id: conversation_id.to_owned(), attachment_id: attachment_id.to_owned(), large: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_drawn_anew_and_stays_without_a_network() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_sends("zoe", &[("lamp.png", &photo()), ("notes.txt", b"hello")]).await;
    let files = came_with(&engine, &conversation).await;
    let [lamp, notes] = files.as_slice() else { panic!("{files:?}") };

    let shown = engine.picture(small(&conversation, lamp)).await.unwrap();
    assert!(shown.url.starts_with("data:image/jpeg;base64,"), "of our own making: {}", &shown.url[..30]);
    assert_eq!((shown.width, shown.height), (640, 384));
    let large = engine.picture(PictureQuery { large: true, ..small(&conversation, lamp) }).await.unwrap();
    assert_eq!((large.width, large.height), (1_500, 900), "never blown up");
    assert_eq!(engine.picture(small(&conversation, notes)).await.unwrap_err().code, Code::PictureUnreadable);
    assert_eq!(engine.picture(small(&conversation, "att_none")).await.unwrap_err().code, Code::FileUnknown);
    assert_eq!(engine.picture(small("conv_other", lamp)).await.unwrap_err().code, Code::FileUnknown);

    let later = company.customer_sends("yves", &[("other.png", &photo())]).await;
    let other = came_with(&engine, &later).await.remove(0);
    company.stop().await;
    assert_eq!(engine.picture(small(&conversation, lamp)).await.unwrap(), shown, "as it was");
    assert_eq!(engine.picture(small(&later, &other)).await.unwrap_err().code, Code::Offline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_or_a_broken_file_is_no_picture() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let mut bomb = photo();
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let cut = photo()[..2_000].to_vec();
    let conversation = company.customer_sends("zoe", &[("bomb.png", &bomb), ("cut.png", &cut)]).await;
    for file in came_with(&engine, &conversation).await {
        assert_eq!(engine.picture(small(&conversation, &file)).await.unwrap_err().code, Code::PictureUnreadable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_types_is_announced_and_not_kept() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let (visitor, conversation) = company.visitor_writes("Hello").await;
    eventually("it is here", async || engine.conversation(&conversation).await.is_ok()).await;
    let mut announcements = engine.announcements();
    let typing = async {
        loop {
            match announcements.next().await {
                Some(Announcement::CustomerTyping { conversation_id, on }) => return (conversation_id, on),
                Some(_) => {}
                None => panic!("the engine is gone"),
            }
        }
    };
    // The stream may just be opening: who types says so again every few seconds, here a little faster.
    let says = async {
        loop {
            company.visitor_types(&visitor).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let heard = tokio::select! { heard = typing => heard, () = says => unreachable!() };
    assert_eq!(heard, (conversation, true));
}
