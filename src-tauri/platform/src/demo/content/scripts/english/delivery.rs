//! Parcels: late, lost, changed on the way.

use super::super::{
    Line::{Advisor as A, Customer as C, Note as N},
    Script, script,
};
use crate::demo::content::workspace::ORDERS;

pub(super) const SCRIPTS: &[Script] = &[
    script(
        "late-parcel",
        ORDERS,
        &["delivery"],
        &[
            C(
                "[Hi|Hello|Hey], my order {order} was supposed to arrive on {day} and there's still [nothing|no sign of it]. Where is it?",
            ),
            A(
                "Hello {first}, sorry about the wait. The carrier has had parcel {tracking} in {city} since {day}, so it is close. Could I have a phone number for the driver?",
            ),
            C("Sure, they can use the one in my account. I'm home [all day {later}|from {hour} on]."),
            A(
                "Passed on. It is on the van for {later}, and I have refunded the {fee} delivery charge because of the delay.",
            ),
            C("oh nice, [thank you|that's kind]!"),
            A("You're welcome. The refund shows on your account in 3 to 5 days."),
        ],
    ),
    script(
        "late-parcel",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Tracking for {tracking} says \"delivered\" but I have no parcel. [Nobody rang|I was home the whole day|My neighbours don't have it either].",
            ),
            C("it's the {product} from order {order}, a birthday present for {later}!!"),
            A(
                "Hello {first}, that must be stressful so close to the day. I'm opening an inquiry right now. In the meantime, does your building have a caretaker or a parcel box?",
            ),
            C("No and no. I looked everywhere, even behind the bins."),
            N("GPS of the scan is two streets away from {street}. Carrier admits a mix-up."),
            A(
                "The carrier delivered it two streets further by mistake. I'm not going to make you wait for them: a new {product} leaves today by express and arrives before {later}.",
            ),
        ],
    ),
    script(
        "late-parcel",
        ORDERS,
        &["delivery", "complaint"],
        &[
            C("{n} days. {n} days without a single update on {order}. This is [ridiculous|not ok|a joke]."),
            A(
                "Hello {first}, you are right, you should have heard from us. The {product} was held back because one of two boxes was missing in the warehouse.",
            ),
            C("Then say so! When does it ship?"),
            A(
                "It shipped this morning, number {tracking}. As an apology I've put {tenth} on your account as a voucher.",
            ),
            C("Ok. Thanks for being straight with me."),
            A("Of course. You can follow the parcel under the number above."),
        ],
    ),
    script(
        "address-change",
        ORDERS,
        &["order-change", "delivery"],
        &[
            C(
                "[Hi|Hi there|Good evening], I just ordered ({order}) but it's going to my old address. Can you send it to {street}, {city} instead?",
            ),
            A(
                "Hi {first}, that was just in time, it hasn't been packed yet. {street}, {city} it is. Is the name on the bell the same?",
            ),
            C("yes same name"),
            A("Changed. You'll get a new confirmation within a few minutes."),
        ],
    ),
    script(
        "address-change",
        ORDERS,
        &["order-change", "delivery"],
        &[
            C(
                "Moving house on {later} and the {product} ({order}) comes that very day 🙈 can it go to a pick-up point in {city}?",
            ),
            A(
                "What timing! Yes: there are {n} pick-up points in {city}. Shall I take the one that is open latest, until {half}?",
            ),
            C("That'd be perfect. Do I need ID?"),
            A(
                "Yes, an ID and the code from the text message. It is kept for 10 days, so no need to rush between boxes.",
            ),
            C("Great thanks, one thing less on the list"),
            A("Good luck with the move, {first}!"),
        ],
    ),
    script(
        "delivery-slot",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Hello, how does the home delivery of the Sorgue kayak work? [Do you give a time slot|Do they carry it upstairs|Will they ring before]? 3rd floor, no lift here. Order {order}.",
            ),
            A(
                "Hello {first}, the driver calls about 30 minutes before, and carries it to your door, third floor included. Your slot at the moment is {later} from {hour}.",
            ),
            C("I start work at {hour}, could it be earlier or on another day?"),
            A(
                "I moved it to the first round, between 7 and 9 in the morning. You will get a text message the evening before.",
            ),
        ],
    ),
    script(
        "missing-item",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Parcel arrived but the {product} isn't in it?? Order {order}, [only the small stuff was there|everything else is fine|I've checked the box twice].",
            ),
            A(
                "Hello {first}, thanks for checking twice. Your order travels in two parcels: the second one is {tracking} and should come on {later}.",
            ),
            C("Ahh ok. Maybe write that on the first one?"),
            A("A fair point, and you're not the first to say so. I've passed it on to the warehouse."),
        ],
    ),
    script(
        "cancellation",
        ORDERS,
        &["order-change"],
        &[
            C(
                "[Please cancel|Can I still cancel|I need to cancel] order {order}, I [ordered twice by accident|found it second-hand|changed my mind about the {product}]",
            ),
            A(
                "Hello {first}, done: {order} is cancelled and nothing will be shipped. The {price} goes back to your card within 3 to 5 working days.",
            ),
            C("that was quick 😀 do I get an email about it?"),
            A("Yes, to {mail}, in the next few minutes."),
        ],
    ),
];
