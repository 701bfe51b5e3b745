//! The workspace itself: people, teams, tags and what the scenario says.

use super::{Advisor, DemoChannel, Language};

/// The invented company.
pub const COMPANY: &str = "Cadrelune";

/// A user of the demo workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which of the three.
    pub advisor: Advisor,
    /// The name that colleagues and customers see.
    pub name: &'static str,
    /// May change settings.
    pub admin: bool,
}

/// Everybody who signs in. All belong to all teams.
#[must_use]
pub fn people() -> [Person; 3] {
    [
        Person { advisor: Advisor::Admin, name: "Nadia Okonjo", admin: true },
        Person { advisor: Advisor::Alice, name: "Alice Lefranc", admin: false },
        Person { advisor: Advisor::Bob, name: "Bob Tanner", admin: false },
    ]
}

/// A team that conversations are routed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id; stories refer to it.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Words of a first message that speak for this team, in lower case: for the routing rules of new conversations.
    pub words: &'static [&'static str],
}

/// Orders and their way to the customer.
pub(super) const ORDERS: &str = "team_orders";
/// Everything about money.
pub(super) const BILLING: &str = "team_billing";
/// Goods once they are there: advice, repair, warranty.
pub(super) const WORKSHOP: &str = "team_workshop";
/// Companies, clubs and schools.
pub(super) const BUSINESS: &str = "team_business";

/// The teams, in the order in which their words are tried.
#[must_use]
pub fn teams() -> &'static [Team] {
    &[
        Team {
            id: BUSINESS,
            name: "Business customers",
            words: &["quote", "purchase order", "devis", "bon de commande", "our company", "notre entreprise"],
        },
        Team {
            id: BILLING,
            name: "Billing",
            words: &[
                "invoice",
                "refund",
                "charged",
                "payment",
                "gift card",
                "facture",
                "rembours",
                "débit",
                "paiement",
            ],
        },
        Team {
            id: WORKSHOP,
            name: "Workshop & products",
            words: &["repair", "warranty", "workshop", "spare", "réparation", "garantie", "atelier", "pièce"],
        },
        Team {
            id: ORDERS,
            name: "Orders & delivery",
            words: &["order", "parcel", "delivery", "commande", "colis", "livr"],
        },
    ]
}

/// The tags. None is mandatory (CONTRACT, "Running a platform").
pub const TAGS: &[&str] = &[
    "delivery",
    "returns",
    "damaged",
    "order-change",
    "billing",
    "refund",
    "gift-card",
    "subscription",
    "loyalty",
    "account",
    "warranty",
    "repair",
    "product-advice",
    "shop",
    "business",
    "complaint",
    "compliment",
];

/// See [`TAGS`].
#[must_use]
pub fn tags() -> &'static [&'static str] {
    TAGS
}

/// What the scenario says to a customer whose language is known.
#[must_use]
pub fn scenario_greeting(language: Language) -> &'static str {
    match language {
        Language::English => {
            "Hello and welcome to Cadrelune! Your message has arrived; one of our advisors will answer you here."
        }
        Language::French => {
            "Bonjour et bienvenue chez Cadrelune ! Votre message est bien arrivé, un conseiller va vous répondre ici même."
        }
    }
}

/// The one automatic reply that the demo scenario of a channel gives to every new conversation, in both languages
/// because it is fixed. In the web chat it also tells how to leave (R10).
#[must_use]
pub fn fixed_greeting(channel: DemoChannel) -> String {
    let [english, french] = Language::ALL.map(scenario_greeting);
    match channel {
        DemoChannel::WebChat => {
            format!("{english}\nTo end the chat, write #bye.\n\n{french}\nPour terminer la discussion, écrivez #bye.")
        }
        DemoChannel::WhatsApp | DemoChannel::Messenger => format!("{english}\n\n{french}"),
    }
}
