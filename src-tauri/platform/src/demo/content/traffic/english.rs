//! Lines in English that fit any matter.

use super::{Lines, SurveyAnswer};

const fn answer(mood: u8, comment: &'static str) -> SurveyAnswer {
    SurveyAnswer { mood, comment: Some(comment) }
}

const fn silent(mood: u8) -> SurveyAnswer {
    SurveyAnswer { mood, comment: None }
}

pub(super) const LINES: Lines = Lines {
    follow_ups: &[
        "Oh, and my order number is {order} in case you need it.",
        "Is anyone there?",
        "Sorry to chase, I just need to know before {later}.",
        "I forgot to mention: I'm out until {hour}, so please write here rather than call.",
        "Would an email be easier? Mine is {mail}.",
        "Just checking you got my last message",
        "ok and how long does that usually take?",
        "Can you confirm that in writing please?",
        "Right. And what do I have to do on my side?",
        "One more thing, does that cost anything?",
        "I've just looked again and nothing has changed here.",
        "No rush, tomorrow is fine too.",
        "Could you send me the link? I can't find the page on my phone.",
        "hm ok, that's not quite what I was told in the {shop} shop on {day}",
    ],
    thanks: &[
        "Great, thanks!",
        "Perfect, thank you so much for sorting this out.",
        "Thanks, that's all I needed.",
        "ok thx 👍",
        "Brilliant, cheers.",
        "Lovely, thank you. Have a good day!",
        "Works now, thanks for your help.",
        "Thanks for the quick answer!",
        "That's very kind of you, thank you.",
        "Got it, many thanks",
        "All clear, thank you. Bye!",
        "Thank you, I appreciate it.",
    ],
    comebacks: &[
        "Hi again, sorry, one more question about what you told me earlier.",
        "Hello, me again. I followed your last answer but it didn't quite work out.",
        "Hi again! You said it would be settled, but I still don't see anything on my side.",
        "Hello, back again: does what you wrote last time also hold if I wait until {later}?",
        "Hi, it's about our last chat. I deleted your message by mistake, could you repeat the main points?",
        "Hi again, it worked as you said, but now I have a new problem with order {order}.",
        "Hey, I talked to one of your colleagues before. Something came up since then.",
        "Hello again. I was a bit quick to say thanks, it isn't solved after all 😕",
        "Hi again, you asked me to come back if anything changed. Well, it has.",
        "Good news, what you suggested worked! Can I ask about something else?",
        "Me again, sorry. In your last message, did you mean working days?",
        "Hi, we wrote recently. Could you send me a confirmation of what we agreed?",
    ],
    survey_answers: &[
        answer(10, "Quick, friendly and to the point."),
        answer(10, "Sorted in five minutes, thank you!"),
        answer(9, "Very helpful advisor."),
        answer(10, "So nice to write to a real person."),
        answer(9, "Clear answer, no jargon."),
        answer(8, "Good, though I had to wait a while for the first answer."),
        answer(8, "All fine. The automatic message at the start is a bit long."),
        answer(7, "Solved in the end, but I had to explain it twice."),
        answer(6, "Polite, but a phone number would have been quicker."),
        answer(5, "Half solved. Let's see whether it really works out."),
        answer(3, "Had to explain everything again to a second person."),
        answer(2, "Took far too long."),
        answer(0, "You closed the chat before I could answer."),
        silent(10),
        silent(10),
        silent(9),
        silent(9),
        silent(8),
        silent(7),
        silent(5),
        silent(2),
    ],
    hold_notes: &[
        "Asked internally, answer promised before {later}.",
        "Parking this until {later}: I'd rather have all the facts before I answer.",
        "Two colleagues are looking into it. Back on it {later} at the latest.",
        "Our shop in {shop} is calling back about this, please leave it with me.",
        "Same question as the one from {day}, waiting for the answer to both.",
    ],
    help_notes: &[
        "Can somebody have a look? I can't find this customer's last order in our system.",
        "Not sure what we may promise here. What do you think?",
        "Needs a decision that isn't mine to take. Who can?",
        "This goes beyond what I know, could someone with more experience take a look?",
        "Customer is losing patience, I'd rather not get this wrong. Second pair of eyes please.",
    ],
};
