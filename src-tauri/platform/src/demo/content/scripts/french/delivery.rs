//! Colis : en retard, perdus, à détourner.

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
                "Bonjour, ma commande {order} devait arriver {day} et [toujours rien|je n'ai rien reçu|le suivi ne bouge plus]. Vous savez où elle est ?",
            ),
            A(
                "Bonjour {first}, toutes mes excuses pour ce retard. Le colis {tracking} est à {city} depuis {day}, donc tout près. Y a-t-il un créneau où le livreur vous trouve à coup sûr ?",
            ),
            C("{later} [toute la journée|à partir de {hour}|l'après-midi]"),
            A("C'est transmis : il est dans la tournée de {later}. Je vous rembourse aussi les {fee} de livraison."),
            C("Ah c'est gentil, merci !"),
            A("Avec plaisir. Vous verrez le remboursement sous 3 à 5 jours."),
        ],
    ),
    script(
        "late-parcel",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Le suivi {tracking} indique « livré » mais je n'ai rien reçu. [Personne n'a sonné|J'étais chez moi toute la journée|Rien non plus chez les voisins].",
            ),
            C("c'est un cadeau d'anniversaire pour {later}, commande {order} !!"),
            A(
                "Bonjour {first}, je comprends l'urgence. J'ouvre tout de suite une enquête. Y a-t-il un gardien ou une boîte à colis dans votre immeuble ?",
            ),
            C("Ni l'un ni l'autre, et j'ai cherché partout"),
            N("Le scan GPS est à deux rues de {street}. Le transporteur reconnaît l'erreur."),
            A(
                "Le livreur s'est trompé de rue. Inutile de l'attendre : je vous renvoie {le} aujourd'hui en express, vous l'aurez avant {later}.",
            ),
        ],
    ),
    script(
        "late-parcel",
        ORDERS,
        &["delivery", "complaint"],
        &[
            C(
                "{n} jours que j'attends {order} sans aucune nouvelle. [C'est vraiment pas sérieux|Franchement c'est limite|Je trouve ça inadmissible].",
            ),
            A(
                "Bonjour {first}, vous avez raison, nous aurions dû vous prévenir. Un des deux colis manquait à l'entrepôt et tout est resté bloqué.",
            ),
            C("Il suffisait de le dire... Ça part quand ?"),
            A(
                "C'est parti ce matin, numéro {tracking}. Pour nous faire pardonner, {tenth} vous attendent en bon d'achat sur votre compte.",
            ),
            C("Ok, merci pour votre franchise."),
            A("C'est bien normal. Vous pouvez suivre le colis avec ce numéro."),
        ],
    ),
    script(
        "address-change",
        ORDERS,
        &["order-change", "delivery"],
        &[
            C(
                "[Bonjour|Bonsoir|Hello], je viens de commander ({order}) mais avec mon ancienne adresse. Est-ce possible de livrer au {street}, {city} ?",
            ),
            A(
                "Bonjour {first}, il était temps, le colis n'est pas encore prêt. Je note {street}, {city}. Le nom sur la sonnette est le même ?",
            ),
            C("oui oui pareil"),
            A("C'est modifié. Une nouvelle confirmation vous arrive dans quelques minutes."),
        ],
    ),
    script(
        "address-change",
        ORDERS,
        &["order-change", "delivery"],
        &[
            C(
                "je déménage {later} et {le} ({order}) arrive pile ce jour-là 🙈 on peut l'envoyer en point relais à {city} ?",
            ),
            A(
                "Quel timing ! Oui, il y a {n} points relais à {city}. Je prends celui qui ferme le plus tard, à {half} ?",
            ),
            C("Ce serait top. Il faut une pièce d'identité ?"),
            A("Oui, et le code reçu par SMS. Le colis est gardé 10 jours, vous avez le temps de défaire les cartons."),
            C("Super, un souci de moins"),
            A("Bon courage pour le déménagement, {first} !"),
        ],
    ),
    script(
        "delivery-slot",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Bonjour, comment se passe la livraison du kayak Sorgue ? [Vous donnez un créneau|C'est monté à l'étage|Le livreur appelle avant] ? Je suis au 3e sans ascenseur. Commande {order}.",
            ),
            A(
                "Bonjour {first}, le livreur appelle 30 minutes avant et monte jusqu'à votre porte, 3e compris. Votre créneau est pour l'instant {later} à partir de {hour}.",
            ),
            C("Je commence le travail à {hour}, possible plus tôt ?"),
            A("C'est déplacé à la première tournée, entre 7 h et 9 h. Vous recevrez un SMS la veille au soir."),
        ],
    ),
    script(
        "missing-item",
        ORDERS,
        &["delivery"],
        &[
            C(
                "Bonjour, colis reçu mais il manque {le}... commande {order}, [il n'y avait que les accessoires|tout le reste y est|j'ai bien vidé le carton]",
            ),
            A(
                "Bonjour {first}, votre commande voyage en deux colis : le second porte le numéro {tracking} et arrive {later}.",
            ),
            C("Ah d'accord, ce serait bien de l'écrire sur le premier"),
            A("Très juste, et d'autres nous l'ont dit aussi. Je l'ai transmis à l'entrepôt."),
        ],
    ),
    script(
        "cancellation",
        ORDERS,
        &["order-change"],
        &[
            C(
                "[Bonjour, merci d'annuler|Bonjour, puis-je encore annuler|Je voudrais annuler] la commande {order}, j'ai [commandé deux fois par erreur|trouvé moins cher d'occasion|changé d'avis pour {le}]",
            ),
            A(
                "Bonjour {first}, c'est fait : {order} ne partira pas. Les {price} reviennent sur votre carte sous 3 à 5 jours ouvrés.",
            ),
            C("rapide ! j'aurai un mail ?"),
            A("Oui, à {mail}, dans les minutes qui viennent."),
        ],
    ),
];
