//! Accounts, points, subscriptions; praise and blame.

use super::super::{
    Line::{Advisor as A, Customer as C, Note as N},
    Script, script,
};
use crate::demo::content::workspace::{BILLING, ORDERS, WORKSHOP};

pub(super) const SCRIPTS: &[Script] = &[
    script(
        "account-access",
        ORDERS,
        &["account"],
        &[
            C(
                "I can't log in any more. [The reset mail never comes|It says my account doesn't exist|Your site just reloads]. My address is {mail}",
            ),
            A(
                "Hello {first}, I see two accounts, one with a typo in the address. Which of the last orders is yours, so that I may merge them?",
            ),
            C("{order}, the {product}"),
            A(
                "That matches. They're merged now, and a link for a new password is on its way. It is valid for one hour.",
            ),
            C("I'm in. All my orders are back too, thanks"),
            A("Lovely. Please delete the old password from your browser, otherwise it will try that one again."),
        ],
    ),
    script(
        "account-access",
        ORDERS,
        &["account"],
        &[
            C(
                "got a mail \"new sign-in to your account\" from [a city I've never been to|a phone I don't own] on {day}. Was that you or am I hacked? {mail}",
            ),
            A(
                "Hello {first}, good that you ask. That was not us. I've signed out every device and locked the saved cards. Has anything been ordered, do you see any order other than {order}?",
            ),
            C("No only that one. What now"),
            N("No order, no change of address. Forced reset, told security under {invoice}."),
            A(
                "Then nothing was taken. Please choose a new password with the link I sent to {mail}, one you use nowhere else.",
            ),
        ],
    ),
    script(
        "delete-account",
        ORDERS,
        &["account"],
        &[
            C(
                "[Hello,|Hi,] please delete my account and all my data ({mail}). [Nothing personal|I don't use it any more|Too many newsletters]. Last order was {order}.",
            ),
            A(
                "Hello {first}, we will do so within 30 days, and confirm by email. Invoices have to be kept by law, everything else goes. You also have {points} points left; do you want to use them before?",
            ),
            C("Oh. How much is that worth?"),
            A(
                "{points} points are enough for free delivery and a small discount. Just tell me when you've used them and I'll start the deletion.",
            ),
        ],
    ),
    script(
        "loyalty-points",
        ORDERS,
        &["loyalty"],
        &[
            C(
                "My {points} points [have vanished|aren't there any more|went to 0 overnight]!! I was saving them for the {product}",
            ),
            A(
                "Hello {first}, they haven't gone far: points expire after 24 months, but we should have warned you, and didn't. I've put all {points} back, valid for another year.",
            ),
            C("Phew. Thank you! Can I pay the {product} entirely with points?"),
            A("Up to half of it. Choose \"use points\" in the basket and it takes as many as possible."),
        ],
    ),
    script(
        "loyalty-points",
        ORDERS,
        &["loyalty"],
        &[
            C(
                "Didn't get any points for {order}. [I forgot to log in|I bought it in the {shop} shop|I used the guest checkout], can you add them afterwards?",
            ),
            A(
                "Hello {first}, yes, up to 60 days after. I've added {points} points for {order}; they're in your account now.",
            ),
            C("thanks that was easy"),
            A("Glad to hear it. With the app's card at the till it works by itself next time."),
        ],
    ),
    script(
        "subscription",
        BILLING,
        &["subscription", "billing"],
        &[
            C(
                "I want to [stop|pause|cancel] my service plan for the bike, {plan} a month. [I can't find where|The site sends me in circles|I'm abroad until next year]. Contract {invoice}",
            ),
            A(
                "Hello {first}, you can stop at the end of any month. A pause of up to six months is possible, too, and keeps your free spring check. Which do you prefer?",
            ),
            C("A pause of {n} months then... actually 6 max? ok let's say until spring"),
            A(
                "Paused from the end of this month until spring. Nothing will be charged in between, and I've sent the confirmation to {mail}.",
            ),
        ],
    ),
    script(
        "subscription",
        BILLING,
        &["subscription"],
        &[
            C(
                "What does the Tranquil plan [include|cost for two bikes|cover exactly]? I have a Sillon, order {order}, and the website isn't very clear.",
            ),
            A(
                "Hello {first}, it's {plan} a month per bike: two services a year, punctures, and a loan bike while yours is with us. Theft is not included.",
            ),
            C("And if I sell the bike?"),
            A("The plan moves to the new owner or ends, as you like. A short message is enough."),
            C("Sounds fair, I'll sign up"),
            A("The link is on its way to {mail}. The first month is free."),
        ],
    ),
    script(
        "compliment",
        WORKSHOP,
        &["compliment"],
        &[
            C(
                "No problem for once 😊 just wanted to say the [guy|lady|team] in your {shop} workshop fixed my brakes in {n} minutes for free on {day}. Please tell them!",
            ),
            A(
                "Hello {first}, what a lovely message. I've pinned it to the workshop's board in {shop}, and there were smiles.",
            ),
            C("Ha, well deserved"),
            A("Thank you for taking the time, it means a lot to us."),
        ],
    ),
    script(
        "complaint",
        ORDERS,
        &["complaint"],
        &[
            C(
                "I've now [called three times|waited {n} minutes on the phone|written two emails] about {order} and each time I get a different answer. Who is actually in charge?",
            ),
            A(
                "Hello {first}, from now on it's me. I've read all your messages: the Halage rack came without its manual and one bolt, is that right?",
            ),
            C("Right. And first I was told to buy the bolt MYSELF"),
            N("Call notes confirm it. Part sent from {shop}, goodwill {tenth}."),
            A(
                "That was wrong, and I apologise. Bolt and manual are in the post, express, and you get {tenth} back for the trouble.",
            ),
            C("Finally someone who reads. Thanks."),
            A("Thank you for the second chance, {first}."),
        ],
    ),
    script(
        "newsletter",
        ORDERS,
        &["account"],
        &[
            C(
                "Please take me off your mailing list, [I've unsubscribed {n} times already|the link at the bottom is dead|I get every mail twice]. {mail}",
            ),
            A(
                "Hello {first}, sorry, you were on two lists. I have removed {mail} from both. One last mail may come tonight since it's already queued.",
            ),
            C("ok if it stops after that"),
            A("It will. You still get messages about your own orders, of course."),
        ],
    ),
];
