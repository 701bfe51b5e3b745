//! The page as HTML. Everything that was written by somebody passes [`escaped`].

use signoff_wire::contract::surveys::{SurveyQuestion, SurveyState};

use super::words::{Words, name, words};

const PAGE: &str = include_str!("page.html");

/// A survey as its customer sees it, with what was wrong with the last attempt, if anything was.
pub(super) fn survey(
    question: &SurveyQuestion,
    takes_comment: bool,
    chosen: Option<i64>,
    fault: Option<&str>,
) -> String {
    let words = words(&question.language);
    let company = escaped(&question.company);
    let fault =
        fault.map(|fault| format!("<p class=\"fault\" role=\"alert\">{}</p>", escaped(fault))).unwrap_or_default();
    let body = match question.state {
        SurveyState::Expired => format!("<h1>{}</h1>", words.over),
        SurveyState::Open => form(question, words, chosen, &fault),
        SurveyState::Answered => thanks(question, words, takes_comment, &fault),
    };
    let main = format!("<p class=\"company\">{company}</p>{body}{}", languages(question));
    whole(&question.language, &format!("{company}: {}", words.title), &main)
}

/// What somebody sees who followed a broken link.
pub(super) fn unknown(language: &str) -> String {
    let words = words(language);
    whole(words.language, words.title, &format!("<h1>{}</h1>", words.unknown))
}

fn whole(language: &str, title: &str, main: &str) -> String {
    PAGE.replace("{{language}}", &escaped(language)).replace("{{title}}", title).replace("{{main}}", main)
}

fn form(question: &SurveyQuestion, words: &Words, chosen: Option<i64>, fault: &str) -> String {
    let (low, high) = (escaped(&question.low_label), escaped(&question.high_label));
    let ratings: String = (question.from..=question.to)
        .map(|rating| {
            let meaning = if rating == question.from {
                format!("<span class=\"unseen\">: {low}</span>")
            } else if rating == question.to {
                format!("<span class=\"unseen\">: {high}</span>")
            } else {
                String::new()
            };
            let checked = if chosen == Some(rating) { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"rating\" value=\"{rating}\" required{checked} />\
                 <span>{rating}{meaning}</span></label>"
            )
        })
        .collect();
    let short = if question.to - question.from < 6 { " short" } else { "" };
    let comment = if question.ask_comment { field(words.comment, false) } else { String::new() };
    format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"lang\" value=\"{language}\" />\
         <fieldset><legend>{text}</legend><div class=\"scale{short}\">{ratings}</div>\
         <p class=\"ends\" aria-hidden=\"true\"><span>{low}</span><span>{high}</span></p></fieldset>\
         {comment}{fault}<button>{send}</button></form>",
        language = escaped(&question.language),
        text = escaped(&question.question),
        send = words.send,
    )
}

fn thanks(question: &SurveyQuestion, words: &Words, takes_comment: bool, fault: &str) -> String {
    let rating = question.rating.map(|rating| rating.to_string()).unwrap_or_default();
    let more = if takes_comment && question.ask_comment {
        format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"lang\" value=\"{}\" />{}{fault}<button>{}</button></form>",
            escaped(&question.language),
            field(words.say_more, true),
            words.send
        )
    } else {
        fault.to_owned()
    };
    format!("<h1>{}</h1><p class=\"said\">{} {rating}</p>{more}", escaped(&question.thanks), words.your_rating)
}

fn field(label: &str, required: bool) -> String {
    let required = if required { " required" } else { "" };
    format!(
        "<div class=\"comment\"><label for=\"comment\">{label}</label>\
         <textarea id=\"comment\" name=\"comment\" maxlength=\"5000\" rows=\"4\"{required}></textarea></div>"
    )
}

fn languages(question: &SurveyQuestion) -> String {
    if question.languages.len() < 2 {
        return String::new();
    }
    let links: String = question
        .languages
        .iter()
        .filter(|language| **language != question.language)
        .map(|language| {
            let code = escaped(language);
            format!(
                "<li><a href=\"?lang={code}\" lang=\"{code}\" hreflang=\"{code}\">{}</a></li>",
                escaped(name(language))
            )
        })
        .collect();
    format!("<ul class=\"languages\">{links}</ul>")
}

/// As text of HTML, and as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What stands in our own page to be filled in must not come from elsewhere.
            '{' => safe.push_str("&#123;"),
            other => safe.push(other),
        }
    }
    safe
}
