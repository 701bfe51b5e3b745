//! What admins change while an advisor is at the desk: previews of surveys (D3, D10) and names of tags follow by themselves (D1).

use serde_json::json;
use signoff_wire::contract::receipts::SurveySkip;
use signoff_wire::interface::{ComposerBlock, SendAndClose};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online};

#[tokio::test(flavor = "multi_thread")]
async fn d10_the_preview_follows_the_rules_of_surveys_and_so_does_the_confirmation() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("new", "Hello, where is my order?").await;
    eventually("the conversation is here", async || engine.conversation(&conversation).await.is_ok()).await;
    assert!(engine.conversation(&conversation).await.unwrap().survey.will_send);

    company.admin_puts("/v1/admin/surveys/rules", &json!({ "quiet_days": 7, "min_replies": 2 })).await;

    let reason = async || engine.conversation(&conversation).await.unwrap().survey.reason;
    eventually("the preview follows", async || reason().await == Some(SurveySkip::MinReplies)).await;
    let closing = SendAndClose {
        conversation_id: conversation.clone(),
        text: "All settled.".to_owned(),
        file_ids: Vec::new(),
        last_seen_message_id: engine.conversation(&conversation).await.unwrap().last_customer_message_id,
    };
    let question = engine.close_question(&closing).await.unwrap();
    assert_eq!(question.survey.reason, Some(SurveySkip::MinReplies), "D3: the confirmation says the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_tag_is_called_so_here_too() {
    let (company, desk) = (Company::open().await, Desk::new());
    let conversation = company.customer_writes("new", "Hello").await;
    company.tags(&conversation, &["billing"]).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    assert_eq!(engine.conversation(&conversation).await.unwrap().tags, ["billing"]);

    let id = company.id_of_tag("billing").await;
    let renamed = json!({ "name": "Invoices", "mandatory": false, "archived": false });
    company.admin_puts(&format!("/v1/admin/tags/{id}"), &renamed).await;

    let tags = async || engine.conversation(&conversation).await.unwrap().tags;
    eventually("the tag is called by its new name", async || tags().await == ["Invoices"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d16_what_a_reply_lacks_is_said_before_it_is_sent() {
    let (company, desk) = (Company::open().await, Desk::new());
    let conversation = company.customer_writes("new", "Hello").await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let blocked = async || engine.conversation(&conversation).await.unwrap().composer.blocked;
    assert_eq!(blocked().await, None);

    let id = company.id_of_tag("billing").await;
    let mandatory = json!({ "name": "billing", "mandatory": true, "archived": false });
    company.admin_puts(&format!("/v1/admin/tags/{id}"), &mandatory).await;
    eventually("a tag is missing", async || blocked().await == Some(ComposerBlock::TagsMissing)).await;

    company.tags(&conversation, &["billing"]).await;
    eventually("it has one", async || blocked().await.is_none()).await;
}
