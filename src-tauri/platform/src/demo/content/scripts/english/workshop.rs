//! Goods once they are there: advice, repair, warranty, spare parts, the shops.

use super::super::{
    Line::{Advisor as A, Customer as C, Note as N},
    Script, script,
};
use crate::demo::content::workspace::WORKSHOP;

pub(super) const SCRIPTS: &[Script] = &[
    script(
        "warranty",
        WORKSHOP,
        &["warranty"],
        &[
            C(
                "[Hello|Hi there], the {product} I bought {n} months ago has stopped being usable: [it came apart|one part snapped off|it broke at the joint]. Is that covered? Order {order}",
            ),
            A(
                "Hello {first}, with two years' warranty that is covered. Could you send a photo of the spot and tell me roughly how often you used it?",
            ),
            C("photo's coming. Used maybe once a week, nothing wild"),
            A(
                "Thank you, that is clearly a fault of the material. You can have a new one or {price} back, as you like.",
            ),
            C("A new one please, I really like it otherwise"),
            A("Then a new {product} leaves tomorrow. You can recycle the old one, we don't need it back."),
        ],
    ),
    script(
        "warranty",
        WORKSHOP,
        &["warranty", "complaint"],
        &[
            C(
                "My Cairn watch [lost GPS on every run|shows the wrong altitude|dies after {n} hours] since the last update, and the shop in {shop} told me that's \"normal\". It is not. {order}",
            ),
            A(
                "Hello {first}, no, that isn't normal, and I'm sorry for the answer you got. Please hold both buttons for 12 seconds: that resets the GPS data without deleting your runs.",
            ),
            C("Did it twice before I came here. Same."),
            N("Third case with this batch. Swap without inspection agreed with the workshop."),
            A(
                "Then the sensor is at fault and we swap the watch. The new one leaves today; put the old one into the same box, the label is inside.",
            ),
        ],
    ),
    script(
        "repair",
        WORKSHOP,
        &["repair", "shop"],
        &[
            C(
                "[Hi|Morning], I'd like to [book a repair|bring my bike in|get a service] in {shop}: brakes of my Sillon squeak terribly. Is {later} possible?",
            ),
            A(
                "Good morning {first}, {later} at {half} is free in {shop}. Brakes and a check of the rest take about an hour, {labour} without parts. Shall I book it?",
            ),
            C("Yes please. Can I wait there?"),
            A("You can, there's coffee. Booked for {later} at {half}, the number is {invoice}."),
            C("👍"),
            A("See you on {later}!"),
        ],
    ),
    script(
        "repair",
        WORKSHOP,
        &["repair"],
        &[
            C(
                "Is my bike ready? Repair {invoice}, dropped off in {shop} on {day}. [I was promised two days|You said you'd call|I need it for work]",
            ),
            A(
                "Hello {first}, I've just asked the workshop: it is waiting for a chain wheel that comes tomorrow. It will be ready on {later} from {hour}.",
            ),
            C("Hmm ok. I'd have liked to know that earlier"),
            A(
                "You're right, a call was due. We take {fee} off the bill for it, and you'll get a text when it's ready.",
            ),
        ],
    ),
    script(
        "spare-part",
        WORKSHOP,
        &["product-advice"],
        &[
            C(
                "Do you sell [the rubber ring|the small plastic clip|the screws] for the Grésil stove separately? Mine [fell off somewhere|broke|got lost when moving]. Order was {order}",
            ),
            A(
                "Hello {first}, it isn't in the web shop, but the workshop keeps them. It's a cent article, so I'll just put one in an envelope. {street}, {city}?",
            ),
            C("Yes! That's so nice"),
            A("It's in the post today. Fitting takes one minute and no tools."),
        ],
    ),
    script(
        "spare-part",
        WORKSHOP,
        &["product-advice", "repair"],
        &[
            C(
                "Looking for a spare [inner tube|tyre|wheel] for the Pixie 20, the one from order {order}. Your site lists {n} of them and I'm lost, which one fits?",
            ),
            A(
                "Hi {first}, it's the 20 × 1.75 one with the car-type valve. I've put it into your basket, with free delivery.",
            ),
            C("you can do that? magic. And is it hard to change?"),
            A(
                "Twenty minutes the first time. There's a film for it on the article's page; or any of our shops does it for {fee}.",
            ),
        ],
    ),
    script(
        "product-advice",
        WORKSHOP,
        &["product-advice"],
        &[
            C(
                "Quick question before I buy: [is the Karst 45 backpack really waterproof|how much does the Karst 45 weigh|does the Karst 45 fit someone of 1.9{n} m]? The page [doesn't say|is silent about it|only shows pictures].",
            ),
            A(
                "Hello {first}, good question, I went to our warehouse to check. What do you want to use it for? Then I can tell you honestly whether it fits.",
            ),
            C("{n} days around the Scottish coast, so rain, wind and everything that goes with it"),
            A(
                "For that I'd take it without a worry, it's what two of us here use. And if it disappoints, you have 30 days.",
            ),
            C("Sold 😄"),
            A("Enjoy the trip! The page will have the missing line by tonight."),
        ],
    ),
    script(
        "store-hours",
        WORKSHOP,
        &["shop"],
        &[
            C(
                "[Are you open|Is the {shop} shop open|What time do you open] on {later}? I'd like to look at the {product} before buying.",
            ),
            A(
                "Hello {first}, the {shop} shop is open from 9:30 to 18:30, also on {later}. The {product} is on display; shall I put one aside for you?",
            ),
            C("Yes please, I'll be there around {hour}. Any parking?"),
            A(
                "Put aside under your name until the evening. There are bike stands at the door, and a car park round the corner.",
            ),
        ],
    ),
];
