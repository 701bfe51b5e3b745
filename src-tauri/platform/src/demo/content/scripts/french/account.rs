//! Comptes, points, abonnements ; compliments et reproches.

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
                "Impossible de me connecter. [Le mail de réinitialisation n'arrive jamais|Ça me dit que le compte n'existe pas|La page se recharge en boucle]. Mon adresse : {mail}",
            ),
            A(
                "Bonjour {first}, je vois deux comptes, dont un avec une faute de frappe. Laquelle de vos dernières commandes est à vous, pour que je puisse les réunir ?",
            ),
            C("{order}, avec {le}"),
            A(
                "C'est bien cela. Les comptes sont réunis et un lien pour un nouveau mot de passe est parti, valable une heure.",
            ),
            C("C'est bon ! Et toutes mes commandes sont revenues, merci"),
            A("Parfait. Pensez à effacer l'ancien mot de passe du navigateur, sinon il le reproposera."),
        ],
    ),
    script(
        "account-access",
        ORDERS,
        &["account"],
        &[
            C(
                "j'ai reçu un mail « nouvelle connexion » depuis [une ville où j'ai jamais mis les pieds|un téléphone que je n'ai pas] {day}. c'est vous ou on m'a piraté ? {mail}",
            ),
            A(
                "Bonjour {first}, vous faites bien de demander. Ce n'était pas nous. Tous les appareils sont déconnectés et les cartes enregistrées bloquées. Voyez-vous une autre commande que {order} ?",
            ),
            C("Non juste celle-là. Je fais quoi maintenant"),
            N("Ni commande ni changement d'adresse. Réinitialisation forcée, sécurité prévenue sous {invoice}."),
            A(
                "Alors rien n'a été pris. Choisissez un nouveau mot de passe avec le lien envoyé à {mail}, un que vous n'utilisez nulle part ailleurs.",
            ),
        ],
    ),
    script(
        "delete-account",
        ORDERS,
        &["account"],
        &[
            C(
                "Bonjour, merci de supprimer mon compte et mes données ({mail}). [Rien de personnel|Je ne m'en sers plus|Trop de newsletters]. Dernière commande : {order}.",
            ),
            A(
                "Bonjour {first}, ce sera fait sous 30 jours, avec confirmation par mail. La loi nous oblige à garder les factures, tout le reste disparaît. Il vous reste {points} points, voulez-vous les utiliser avant ?",
            ),
            C("Ah. Ça vaut combien ?"),
            A(
                "{points} points, c'est une livraison offerte et une petite remise. Dites-moi quand c'est utilisé et je lance la suppression.",
            ),
        ],
    ),
    script(
        "loyalty-points",
        ORDERS,
        &["loyalty"],
        &[
            C(
                "Mes {points} points [ont disparu|ne sont plus là|sont passés à 0 cette nuit] !! Je les gardais pour {le}",
            ),
            A(
                "Bonjour {first}, ils ne sont pas loin : les points expirent après 24 mois, mais nous aurions dû vous prévenir. Les {points} points sont de retour, valables un an de plus.",
            ),
            C("Ouf, merci ! On peut tout payer en points ?"),
            A("Jusqu'à la moitié. Choisissez « utiliser mes points » dans le panier, il en prend le maximum."),
        ],
    ),
    script(
        "loyalty-points",
        ORDERS,
        &["loyalty"],
        &[
            C(
                "Pas de points pour la commande {order}. [J'ai oublié de me connecter|C'était au magasin de {shop}|J'ai commandé sans compte], vous pouvez les ajouter après coup ?",
            ),
            A(
                "Bonjour {first}, oui, jusqu'à 60 jours après. J'ai ajouté {points} points pour {order}, ils sont déjà sur votre compte.",
            ),
            C("merci, c'était simple"),
            A("Tant mieux. Avec la carte de l'appli en caisse, ce sera automatique la prochaine fois."),
        ],
    ),
    script(
        "subscription",
        BILLING,
        &["subscription", "billing"],
        &[
            C(
                "Je voudrais [arrêter|mettre en pause|résilier] mon forfait entretien à {plan} par mois. [Je ne trouve pas où|Le site me fait tourner en rond|Je pars à l'étranger jusqu'à l'an prochain]. Contrat {invoice}",
            ),
            A(
                "Bonjour {first}, l'arrêt est possible chaque fin de mois. Une pause de six mois au plus aussi, et vous gardez la révision de printemps offerte. Que préférez-vous ?",
            ),
            C("Alors une pause, jusqu'au printemps ça ira"),
            A(
                "C'est en pause de la fin du mois jusqu'au printemps. Aucun prélèvement d'ici là, la confirmation est partie à {mail}.",
            ),
        ],
    ),
    script(
        "subscription",
        BILLING,
        &["subscription"],
        &[
            C(
                "Bonjour, [que comprend|combien coûte pour deux vélos|que couvre exactement] le forfait Tranquille ? J'ai un Sillon, commande {order}, et le site n'est pas très clair.",
            ),
            A(
                "Bonjour {first}, c'est {plan} par mois et par vélo : deux révisions par an, les crevaisons, et un vélo de prêt pendant l'atelier. Le vol n'est pas compris.",
            ),
            C("Et si je vends le vélo ?"),
            A("Le forfait suit le vélo ou s'arrête, au choix. Un petit message suffit."),
            C("Ça me paraît correct, je prends"),
            A("Le lien est parti à {mail}. Le premier mois est offert."),
        ],
    ),
    script(
        "compliment",
        WORKSHOP,
        &["compliment"],
        &[
            C(
                "Pour une fois pas de problème 😊 je voulais juste dire que [le monsieur|la dame|l'équipe] de l'atelier de {shop} a réparé mes freins en {n} minutes et gratuitement {day}. Transmettez !",
            ),
            A(
                "Bonjour {first}, quel joli message. Il est épinglé au tableau de l'atelier de {shop}, et il a fait sourire.",
            ),
            C("Haha, c'est mérité"),
            A("Merci d'avoir pris le temps, cela nous touche."),
        ],
    ),
    script(
        "complaint",
        ORDERS,
        &["complaint"],
        &[
            C(
                "J'ai [appelé trois fois|patienté {n} minutes au téléphone|envoyé deux mails] pour {order} et à chaque fois une réponse différente. Qui s'en occupe, au juste ?",
            ),
            A(
                "Bonjour {first}, à partir de maintenant, moi. J'ai tout relu : le porte-bagages Halage est arrivé sans notice et sans un boulon, c'est bien cela ?",
            ),
            C("Oui. Et on m'a d'abord dit d'acheter le boulon MOI-MÊME"),
            N("Confirmé par les notes d'appel. Pièce envoyée de {shop}, geste de {tenth}."),
            A(
                "C'était une erreur, et je vous présente nos excuses. Boulon et notice partent en express, et {tenth} vous sont rendus pour le dérangement.",
            ),
            C("Enfin quelqu'un qui lit. Merci."),
            A("Merci de nous laisser une seconde chance, {first}."),
        ],
    ),
    script(
        "newsletter",
        ORDERS,
        &["account"],
        &[
            C(
                "Merci de me retirer de votre liste, [déjà {n} désinscriptions|le lien en bas du mail est mort|je reçois tout en double]. {mail}",
            ),
            A(
                "Bonjour {first}, mes excuses, vous étiez dans deux listes. {mail} est retiré des deux. Un dernier mail peut encore arriver ce soir, il était déjà en file.",
            ),
            C("ok si ça s'arrête après"),
            A("Promis. Vous garderez seulement les messages sur vos propres commandes."),
        ],
    ),
    script(
        "order-status",
        ORDERS,
        &["delivery"],
        &[
            C(
                "coucou ! [t'as|vous avez|tu peux me donner] des nouvelles de ma commande {order} ? c'est pour partir en rando {later} 🏔️",
            ),
            A(
                "Bonjour {first}, la commande {order} est sortie de l'entrepôt ce matin sous le numéro {tracking}. Livraison prévue avant {later}.",
            ),
            C("trop bien, t'es au top !"),
            A("Merci, c'est gentil ! Bonne rando."),
        ],
    ),
];
