//! Ce qui repart : mauvaise taille, abîmé, pas comme prévu.

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
                "Bonjour, la veste Borée est trop [petite|serrée aux épaules|courte aux manches], je peux l'échanger contre une {size} ? commande {order}",
            ),
            A(
                "Bonjour {first}, oui, et il me reste une {size} dans votre couleur. Je vous la réserve et vous envoie l'étiquette de retour ?",
            ),
            C("Oui svp. Le retour est payant ?"),
            A(
                "Non, les échanges sont offerts. L'étiquette est dans vos mails ({mail}) et la nouvelle veste part dès que le colis est déposé.",
            ),
        ],
    ),
    script(
        "wrong-size",
        ORDERS,
        &["returns", "product-advice"],
        &[
            C(
                "J'ai mesuré [mon tour de tête|la tête de ma fille] : 5{n} cm. J'ai pris le casque Ardea en {size} comme indiqué et [il bouge|il remonte|il serre aux tempes]. N° {order}",
            ),
            A(
                "Bonjour {first}, la taille est la bonne, mais il faut régler la molette arrière : on l'ouvre à fond, on met le casque, on serre jusqu'à ce qu'il suive la tête. C'est mieux ?",
            ),
            C("Mouais. Mieux, mais quand je regarde en bas il glisse encore"),
            A(
                "Alors la taille en dessous sera plus sûre, un casque ne doit pas bouger. Je vous l'envoie aujourd'hui avec l'étiquette pour le premier.",
            ),
            C("Merci, on ne plaisante pas avec ça"),
            A("Exactement. Gardez les deux le temps de comparer tranquillement."),
        ],
    ),
    script(
        "damaged-goods",
        ORDERS,
        &["damaged"],
        &[
            C(
                "J'ai reçu {le} [avec de grosses rayures|avec une pièce cassée|en mauvais état d'un côté]. Carton [trempé|éventré|intact pourtant], j'ai des photos. {order}",
            ),
            A(
                "Bonjour {first}, toutes mes excuses, ce n'est pas dans cet état que cela doit arriver. Envoyez-moi ici une photo du dommage et une du carton.",
            ),
            C("C'est envoyé, j'espère que ça passe"),
            N("Photos nettes. Encore {n} en stock. Dossier transporteur ouvert sous {tracking}."),
            A(
                "Bien reçu, merci. Un nouvel exemplaire part aujourd'hui. Le livreur reprend l'autre, vous n'avez pas à vous déplacer.",
            ),
            C("Ah bah ça, je m'attendais à devoir batailler. Merci !"),
            A("Pas de bataille chez nous. Merci pour les photos bien nettes !"),
        ],
    ),
    script(
        "damaged-goods",
        ORDERS,
        &["damaged", "refund"],
        &[
            C(
                "Bonjour. Un arceau de ma Nimba 3 était tordu au déballage {day}. Ça tient, mais [à ce prix c'est décevant|je m'attendais à mieux]. Réf {order}",
            ),
            A(
                "Bonjour {first}, je vous comprends. Deux possibilités : un jeu d'arceaux neuf, ou vous la gardez ainsi et je vous rends {tenth}. Que préférez-vous ?",
            ),
            C("Les arceaux, on part {later}. Ça arrivera à temps ?"),
            A("En express, oui : la veille au plus tard, numéro {tracking}."),
        ],
    ),
    script(
        "return-label",
        ORDERS,
        &["returns"],
        &[
            C(
                "comment on fait pour renvoyer un article ? c'est {le}, {order}. [je trouve pas le bouton|pas d'étiquette dans le carton|le site plante]",
            ),
            A(
                "Bonjour {first}, le bouton se cache dans Commandes, derrière les trois points. Pour vous éviter de chercher, je vous ai envoyé l'étiquette à {mail}. Tous les points relais prennent le colis.",
            ),
            C("reçu, mais j'ai pas d'imprimante"),
            A("Alors montrez le QR code du même mail sur votre téléphone, le point relais imprime pour vous."),
            C("ok je fais ça demain"),
            A("Parfait. Le remboursement de {price} est lancé dès que le colis est scanné."),
        ],
    ),
    script(
        "return-late",
        ORDERS,
        &["returns"],
        &[
            C(
                "Bonjour, je sais que les 30 jours sont dépassés de {n} jours mais j'étais [à l'hôpital|à l'étranger|au lit avec la grippe]. Est-il encore possible de rendre {le} ({order}) ? Jamais utilisé.",
            ),
            N("Achat à {price}, premier retour. Je ferais une exception."),
            A(
                "Bonjour {first}, j'espère que tout va bien maintenant. Nous faisons une exception : renvoyez-nous le tout sous une semaine, contre un avoir de {price}, ou sur votre carte moins {tenth}. Que préférez-vous ?",
            ),
            C("L'avoir me va très bien, c'est vraiment sympa."),
            A("C'est entendu. L'étiquette part à {mail}."),
        ],
    ),
    script(
        "wrong-item",
        ORDERS,
        &["returns", "delivery"],
        &[
            C(
                "Je crois que j'ai le colis de quelqu'un d'autre : le bon indique {invoice} et dedans il y a [un panier pour chien|trois paires de chaussettes|une pagaie], pas {mon}. Ma commande c'est {order}.",
            ),
            A(
                "Bonjour {first}, aïe, deux étiquettes ont été interverties. Votre article part aujourd'hui. Pouvez-vous garder l'autre colis jusqu'à {later} ? On viendra le chercher chez vous.",
            ),
            C("Pas de souci, mais après {hour} svp"),
            A("C'est noté, enlèvement {later} après {hour}. Merci de le prendre avec humour."),
        ],
    ),
];
