//! What the page itself says, around the words of the survey. In French for those who are asked in French, otherwise in English.

/// The page's own words.
pub(super) struct Words {
    /// The language of these words.
    pub(super) language: &'static str,
    /// The title, after the company's name.
    pub(super) title: &'static str,
    /// Over the field for more words, with the rating.
    pub(super) comment: &'static str,
    /// Over the same field, after the rating.
    pub(super) say_more: &'static str,
    /// The button.
    pub(super) send: &'static str,
    /// The rating is there; what it was follows.
    pub(super) your_rating: &'static str,
    /// Nobody chose a rating.
    pub(super) choose: &'static str,
    /// Too many words.
    pub(super) too_long: &'static str,
    /// Too many requests.
    pub(super) wait: &'static str,
    /// Something of ours went wrong.
    pub(super) broken: &'static str,
    /// D11: the seven days are over.
    pub(super) over: &'static str,
    /// The link leads nowhere.
    pub(super) unknown: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    title: "Your opinion",
    comment: "Would you like to add something? (optional)",
    say_more: "Would you like to add something?",
    send: "Send",
    your_rating: "Your rating:",
    choose: "Please choose a rating.",
    too_long: "This is too long: 5,000 characters at most.",
    wait: "Please wait a minute and try again.",
    broken: "That did not work. Please try again in a moment.",
    over: "This survey is over. Thank you all the same.",
    unknown: "There is no survey at this address. Please check the link.",
};

const FRENCH: Words = Words {
    language: "fr",
    title: "Votre avis",
    comment: "Souhaitez-vous ajouter quelque chose ? (facultatif)",
    say_more: "Souhaitez-vous ajouter quelque chose ?",
    send: "Envoyer",
    your_rating: "Votre note :",
    choose: "Choisissez une note.",
    too_long: "C’est trop long : 5 000 caractères au plus.",
    wait: "Patientez une minute, puis réessayez.",
    broken: "Cela n’a pas fonctionné. Réessayez dans un instant.",
    over: "Cette enquête est terminée. Merci quand même.",
    unknown: "Il n’y a pas d’enquête à cette adresse. Vérifiez le lien.",
};

/// The words in a language.
pub(super) fn words(language: &str) -> &'static Words {
    if language == "fr" { &FRENCH } else { &ENGLISH }
}

/// What a language calls itself, for the links to the others; its code if we do not know.
pub(super) fn name(language: &str) -> &str {
    match language {
        "de" => "Deutsch",
        "en" => "English",
        "es" => "Español",
        "fr" => "Français",
        "it" => "Italiano",
        "nl" => "Nederlands",
        "pt" => "Português",
        other => other,
    }
}
