//! Things that go back: wrong size, damaged, not as expected.

use super::super::{
    Line::{Advisor as A, Customer as C, Note as N},
    Script, script,
};
use crate::demo::content::workspace::ORDERS;

pub(super) const SCRIPTS: &[Script] = &[
    script(
        "wrong-size",
        ORDERS,
        &["returns"],
        &[
            C(
                "Hi! The Borée jacket is too [small|tight at the shoulders|short in the sleeves], can I swap it for an {size}? order {order}",
            ),
            A(
                "Hi {first}! Yes, and I still have one {size} in your colour. Shall I reserve it and send you a return label for the other one?",
            ),
            C("Yes please. Do I have to pay for the return?"),
            A(
                "No, exchanges are free. The label is in your mailbox ({mail}), and the new jacket leaves as soon as the parcel is scanned.",
            ),
        ],
    ),
    script(
        "wrong-size",
        ORDERS,
        &["returns", "product-advice"],
        &[
            C(
                "I measured my [head|daughter's head] at 5{n} cm and ordered the Ardea helmet in {size} as your chart says, but it [wobbles|sits too high|pinches]. Order no. {order}",
            ),
            A(
                "Hello {first}, the chart is right, but the dial at the back needs a turn: fully open, put it on, then tighten until it stays when you nod. Does that help?",
            ),
            C("Hm. Better but still not great when I look down."),
            A(
                "Then one size down is safer; a helmet must not move. I'm sending it today, and the label for the first one is in the box.",
            ),
            C("Thanks, safety first I guess"),
            A("Exactly. Keep both until you have compared them in peace."),
        ],
    ),
    script(
        "damaged-goods",
        ORDERS,
        &["damaged"],
        &[
            C(
                "The {product} arrived [badly scratched|with a part broken off|damaged on one side]. The box was [soaked|torn open|fine], I have photos. {order}",
            ),
            A(
                "Hello {first}, I'm sorry, that is not how it should reach you. Please send the photos here, one of the damage and one of the box.",
            ),
            C("Just did, hope they came through"),
            N("Photos clear. Replacement in stock, {n} left. Claim with the carrier goes under {tracking}."),
            A(
                "They came through, thank you. A new {product} leaves today. The driver takes the damaged one back, so no need to go anywhere.",
            ),
            C("Wow ok, I was expecting a fight. Thank you"),
            A("No fights here. Thank you for the clear photos!"),
        ],
    ),
    script(
        "damaged-goods",
        ORDERS,
        &["damaged", "refund"],
        &[
            C(
                "[Good morning|Hello]. One of the tent poles of my Nimba 3 was bent when I unpacked it on {day}. It's usable but [for this price I expected better|not what I paid for]. Ref {order}",
            ),
            A(
                "Good morning {first}, I agree with you. Two ways: I send a new set of poles, or you keep it as it is and get {tenth} back. Which would you prefer?",
            ),
            C("New poles please, we leave on {later}. Will they make it?"),
            A("Express, so yes: they arrive the day before at the latest, number {tracking}."),
        ],
    ),
    script(
        "return-label",
        ORDERS,
        &["returns"],
        &[
            C(
                "how do i return something? the {product}, {order}. [can't find the button|there was no label in the box|the site gives me an error]",
            ),
            A(
                "Hello {first}, the button hides under Orders, then the three dots. To save you the search, I've sent a label to {mail}. Any pick-up point takes the parcel.",
            ),
            C("got it. i don't have a printer though"),
            A("Then show the QR code on your phone, in the same email. They print it for you."),
            C("ok doing that tmrw"),
            A("Perfect. The refund of {price} starts when the parcel is scanned."),
        ],
    ),
    script(
        "return-late",
        ORDERS,
        &["returns"],
        &[
            C(
                "Hello, I know the 30 days are over by {n} days but I was [in hospital|abroad|down with the flu]. Is there any chance to return the {product} ({order})? Never used.",
            ),
            N("Bought at {price}, first return ever. I'd make an exception."),
            A(
                "Hello {first}, I hope you are better now. As it is unused we make an exception: please send it back within a week and you get {price} as a voucher, or {tenth} less on your card. What would you like?",
            ),
            C("The voucher is fine, that's really decent of you."),
            A("Then that's settled. The label is on its way to {mail}."),
        ],
    ),
    script(
        "wrong-item",
        ORDERS,
        &["returns", "delivery"],
        &[
            C(
                "I think you sent me somebody else's order: the note says {invoice} and inside is [a dog basket|three pairs of socks|a kayak paddle], not my {product}. Mine is {order}.",
            ),
            A(
                "Hello {first}, oh dear, two labels were swapped. Your {product} leaves today. Could you keep the other parcel until {later}? We'll have it collected at your door.",
            ),
            C("No problem, but after {hour} please"),
            A("Noted, collection on {later} after {hour}. Thank you for being so relaxed about it."),
        ],
    ),
];
