//! Invoices, refunds, payments, gift cards, offers to companies.

use super::super::{
    Line::{Advisor as A, Customer as C, Note as N},
    Script, script,
};
use crate::demo::content::workspace::{BILLING, BUSINESS};

pub(super) const SCRIPTS: &[Script] = &[
    script(
        "refund",
        BILLING,
        &["billing", "refund"],
        &[
            C(
                "Hi, I returned the {product} [two weeks ago|ages ago|on {day} last week] and haven't got my {price} back. Order {order}.",
            ),
            A(
                "Hello {first}, I see your parcel reached us on {later}. The refund was stuck because of the missing return slip; I've released it now.",
            ),
            C("There was no slip in my box. When will I see the money?"),
            A("In 3 to 5 working days, depending on your bank. You'll get a confirmation at {mail} within the hour."),
            C("ok I'll keep an eye on it"),
            A("Please do. The refund's reference is {invoice}, should your bank ask."),
        ],
    ),
    script(
        "refund",
        BILLING,
        &["billing", "refund"],
        &[
            C("I only got part of my refund?? I paid {price} for order {order} and {fee} is missing"),
            A(
                "Hello {first}, the {fee} was the express delivery, which we refund only when the fault is ours. May I ask why you sent the {product} back?",
            ),
            C(
                "[It was broken|One part was missing|It was scratched all over] out of the box. So kind of your fault 🙃",
            ),
            A("Very much our fault then! The {fee} is on its way, reference {invoice}."),
        ],
    ),
    script(
        "invoice-copy",
        BILLING,
        &["billing"],
        &[
            C(
                "[Hello|Hi|Good afternoon], could you send me [a copy of|again] the invoice for order {order}? My [accountant|employer|insurance] needs it by {later}.",
            ),
            A(
                "Hello {first}, of course. Invoice {invoice} has just left for {mail}. Is everything on it as you need it?",
            ),
            C("Could you add my company's name? Field & Larch Ltd, {street}, {city}"),
            A(
                "Done, a corrected version replaces the first one. You can also download it from your account at any time.",
            ),
        ],
    ),
    script(
        "double-charge",
        BILLING,
        &["billing"],
        &[
            C(
                "You've charged me TWICE for {order}, 2 x {price}. [Please fix this asap|My account is overdrawn because of it|I want one of them back today].",
            ),
            A(
                "Hello {first}, I understand the worry. One of the two is only a reservation: your bank asked for a second confirmation, and the first try was never collected.",
            ),
            C("It still shows on my account and the money is gone"),
            N(
                "Payment log: one capture, one authorisation, releases on {later}. Asked the payment provider to void it now.",
            ),
            A(
                "I have asked our payment provider to release it at once instead of on {later}. Your bank usually shows it the next working day. If not, write to me and we'll send proof to your bank.",
            ),
            C("Fine. I'll check tomorrow."),
            A("Thank you, {first}. For your bank, the reference is {invoice}."),
        ],
    ),
    script(
        "payment-declined",
        BILLING,
        &["billing"],
        &[
            C(
                "My card keeps getting declined at checkout but [my bank says all is fine|it works everywhere else|there's plenty of money on it]. I want the {product}, it's {price}. Tried {n} times.",
            ),
            A(
                "Hello {first}, after three tries our shop blocks the card for an hour, sorry about that. I have lifted the block. Does the billing address match the one your bank has?",
            ),
            C("ah. I moved to {city} in spring, the bank probably still has the old one"),
            A(
                "That will be it. Enter the old one as billing address and the new one for delivery, and it should go through.",
            ),
            C("It worked!! order {order}"),
            A("Wonderful. The {product} leaves tomorrow."),
        ],
    ),
    script(
        "gift-card",
        BILLING,
        &["gift-card"],
        &[
            C(
                "[Hi|Hello], gift card {voucher} says [\"invalid code\"|\"already used\"|\"expired\"] but I got it last Christmas and never used it. There should be {value} on it",
            ),
            A(
                "Hello {first}, the card is fine, but it was never activated at the till in {shop}. I've done that now: {value}, valid for two years.",
            ),
            C("Works, thank you! Can I use it together with a discount?"),
            A("Yes, enter the discount first and the gift card at payment."),
        ],
    ),
    script(
        "gift-card",
        BILLING,
        &["gift-card"],
        &[
            C(
                "Can I get a gift card of {value} with [a personal message|a nice envelope|a later date on it]? It's for my colleague's leaving do on {later}.",
            ),
            A(
                "Hello {first}, what a nice idea. By email it arrives at once, with your message; on paper it takes two days to {city}. Which one shall it be?",
            ),
            C("Paper please, and the message: \"Keep rolling! The whole team\""),
            A("It's in the post tomorrow. The payment link over {value} is on its way to {mail}."),
        ],
    ),
    script(
        "quote",
        BUSINESS,
        &["business"],
        &[
            C(
                "[Hello|Good morning], our company would like a quote for {n} Sillon city bikes for our staff in {city}. Do you offer [leasing|a fleet discount|servicing on site]?",
            ),
            A(
                "Good morning {first}, gladly. From {n} bikes on there is a fleet discount, and our workshop comes to you twice a year. May I have the company's name and VAT number for the quote?",
            ),
            C("Harbour Analytics Ltd. VAT number follows by email. Can we see one bike before deciding?"),
            N("Sent to {mail}: quote {invoice}, valid for 30 days. Demo bike reserved in {shop} for {later}."),
            A(
                "Quote {invoice} is on its way to {mail}, valid for 30 days. A bike is waiting for a test ride in our {shop} shop on {later} from {hour}.",
            ),
            C("Excellent, two of us will come by."),
            A("Then you're both expected on {later}."),
        ],
    ),
    script(
        "quote",
        BUSINESS,
        &["business", "billing"],
        &[
            C(
                "[We are a school and|We're a scout group and|Our club is growing, we] need {dozens} Ardea helmets. Can we pay by purchase order? [Budget is tight|We need them next term|Nobody here has a credit card].",
            ),
            A(
                "Hello {first}, yes, schools and clubs pay within 30 days on a purchase order, with 12 % off from 24 pieces. Shall I mix the sizes?",
            ),
            C("Half S, half M please. Delivery to {street}, {city}"),
            A("Quote {invoice} went to {mail}. Just send the purchase order back and we'll deliver within a week."),
        ],
    ),
];
