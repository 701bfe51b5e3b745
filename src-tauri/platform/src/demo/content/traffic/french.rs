//! Lines in French that fit any matter.

use super::{Lines, SurveyAnswer};

const fn answer(mood: u8, comment: &'static str) -> SurveyAnswer {
    SurveyAnswer { mood, comment: Some(comment) }
}

const fn silent(mood: u8) -> SurveyAnswer {
    SurveyAnswer { mood, comment: None }
}

pub(super) const LINES: Lines = Lines {
    follow_ups: &[
        "Au fait, mon numéro de commande c'est {order} si besoin.",
        "Il y a quelqu'un ?",
        "Pardon d'insister, j'aurais besoin de savoir avant {later}.",
        "J'ai oublié de préciser : je suis au travail jusqu'à {hour}, écrivez-moi plutôt ici que d'appeler.",
        "Vous préférez par mail ? Le mien est {mail}.",
        "vous avez bien eu mon message ?",
        "D'accord, et ça prend combien de temps en général ?",
        "Pouvez-vous me le confirmer par écrit svp ?",
        "Très bien. Et de mon côté, que dois-je faire ?",
        "Une dernière chose, c'est payant ?",
        "Je viens de regarder à nouveau, rien n'a changé chez moi.",
        "Rien d'urgent, demain ça me va aussi.",
        "Vous pourriez m'envoyer le lien ? Je ne trouve pas la page sur mon téléphone.",
        "ah bon, ce n'est pas ce qu'on m'a dit {day} au magasin de {shop}",
    ],
    thanks: &[
        "Super, merci !",
        "Parfait, merci beaucoup pour votre aide.",
        "Merci, c'est tout ce qu'il me fallait.",
        "ok merci 👍",
        "Génial, merci et bonne journée !",
        "Très bien, je vous remercie.",
        "Ça marche maintenant, merci !",
        "Merci pour votre réponse rapide.",
        "C'est très gentil, merci à vous.",
        "C'est noté, bonne journée à vous aussi",
        "Nickel, merci bcp",
        "Je vous remercie pour votre patience. Au revoir !",
    ],
    comebacks: &[
        "Rebonjour, encore une petite question sur ce que vous m'avez dit tout à l'heure.",
        "Bonjour, c'est encore moi. J'ai suivi votre dernière réponse mais ça n'a pas tout à fait marché.",
        "Bonjour, vous m'aviez dit que ce serait réglé mais je ne vois toujours rien de mon côté.",
        "Re-bonjour ! Est-ce que votre réponse de la dernière fois vaut aussi si j'attends {later} ?",
        "Bonjour, suite à notre échange : j'ai effacé votre message par erreur, pourriez-vous me redire l'essentiel ?",
        "Coucou, ça a marché comme vous disiez, par contre j'ai un nouveau souci avec la commande {order}.",
        "Bonjour, j'ai déjà eu un de vos collègues. Il y a du nouveau depuis.",
        "Rebonjour, j'ai dit merci un peu vite, ce n'est finalement pas réglé 😕",
        "Bonjour, vous m'aviez demandé de revenir vers vous si quelque chose changeait. Eh bien c'est le cas.",
        "Bonne nouvelle, votre solution a fonctionné ! Je peux vous poser une autre question ?",
        "C'est encore moi, pardon. Dans votre dernier message, vous parliez de jours ouvrés ?",
        "Bonjour, nous avons échangé récemment. Auriez-vous une confirmation écrite de ce qu'on a convenu ?",
    ],
    survey_answers: &[
        answer(10, "Réponse rapide et efficace, merci."),
        answer(10, "Réglé en cinq minutes, bravo !"),
        answer(9, "Personne très à l'écoute."),
        answer(10, "Ça fait plaisir d'écrire à une vraie personne."),
        answer(9, "Explications claires, rien à redire."),
        answer(8, "Bien, mais un peu d'attente avant la première réponse."),
        answer(8, "Très bien. Le message automatique du début est un peu long."),
        answer(7, "Résolu au final, mais j'ai dû tout expliquer deux fois."),
        answer(6, "Poli, mais un coup de fil aurait été plus simple."),
        answer(5, "Réglé à moitié. On verra si ça tient."),
        answer(3, "Obligation de tout réexpliquer à une deuxième personne."),
        answer(2, "Beaucoup trop long."),
        answer(0, "La discussion a été fermée avant que je puisse répondre."),
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
        "Question posée en interne, réponse promise avant {later}.",
        "Je mets de côté jusqu'à {later}, je préfère avoir tous les éléments avant de répondre.",
        "Deux collègues regardent. Je reprends {later} au plus tard.",
        "Le magasin de {shop} me rappelle à ce sujet, merci de me le laisser.",
        "Même question que celle de {day}, j'attends la réponse pour les deux.",
    ],
    help_notes: &[
        "Quelqu'un peut regarder ? Je ne retrouve pas la dernière commande chez nous.",
        "Je ne sais pas ce qu'on peut promettre ici. Un avis ?",
        "Il faut une décision qui n'est pas la mienne. Qui peut trancher ?",
        "Cela dépasse ce que je sais, quelqu'un de plus expérimenté pourrait regarder ?",
        "Le ton monte, j'aimerais autant ne pas me tromper. Une relecture svp.",
    ],
};
