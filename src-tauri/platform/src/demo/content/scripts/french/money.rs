//! Factures, remboursements, paiements, cartes cadeaux, devis.

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
                "Bonjour, j'ai renvoyé {le} [il y a deux semaines|{day} de la semaine dernière|depuis un bon moment] et toujours pas de remboursement ({price}). Commande {order}.",
            ),
            A(
                "Bonjour {first}, votre colis est bien arrivé {later}. Le remboursement était bloqué faute de bon de retour, je viens de le débloquer.",
            ),
            C("Il n'y avait pas de bon dans mon carton. Je le verrai quand sur mon compte ?"),
            A("Sous 3 à 5 jours ouvrés selon votre banque. Une confirmation arrive à {mail} dans l'heure."),
            C("ok je surveille"),
            A("Si votre banque la demande, la référence est {invoice}."),
        ],
    ),
    script(
        "refund",
        BILLING,
        &["billing", "refund"],
        &[
            C("Remboursement incomplet ?? j'ai payé {price} pour {order} et il manque {fee}"),
            A(
                "Bonjour {first}, ces {fee} sont la livraison express, que nous remboursons seulement en cas d'erreur de notre part. Pour quelle raison l'article est-il revenu ?",
            ),
            C("[C'était cassé|Il manquait une pièce|C'était tout rayé] dès le départ. Donc un peu votre faute 🙃"),
            A("Entièrement la nôtre, alors ! Les {fee} sont en route, référence {invoice}."),
        ],
    ),
    script(
        "invoice-copy",
        BILLING,
        &["billing"],
        &[
            C(
                "[Bonjour|Bonsoir|Hello], pourriez-vous me renvoyer la facture de la commande {order} ? [Mon comptable|Mon employeur|L'assurance] me la demande avant {later}.",
            ),
            A("Bonjour {first}, bien sûr. La facture {invoice} vient de partir à {mail}. Tout y est comme il faut ?"),
            C("Possible d'ajouter le nom de ma société ? Atelier Grandfont, {street}, {city}"),
            A("C'est fait, la version corrigée remplace la première. Vous la trouverez aussi dans votre compte."),
        ],
    ),
    script(
        "double-charge",
        BILLING,
        &["billing"],
        &[
            C(
                "J'ai DEUX débits pour {order}, 2 x {price}. [Merci de régler ça au plus vite|Mon compte est à découvert à cause de ça|Je veux que ce soit remboursé aujourd'hui].",
            ),
            A(
                "Bonjour {first}, je comprends votre inquiétude. L'un des deux n'est qu'une réserve : votre banque a demandé une seconde validation et le premier essai n'a jamais été encaissé.",
            ),
            C("En attendant l'argent n'est plus sur mon compte"),
            N(
                "Journal de paiement : un encaissement, une autorisation qui tombe {later}. Annulation demandée au prestataire.",
            ),
            A(
                "J'ai demandé l'annulation immédiate au prestataire, sans attendre {later}. En général la banque l'affiche le jour ouvré suivant. Sinon, écrivez-moi et je vous fournis une attestation.",
            ),
            C("Bon. Je regarde demain."),
            A("Merci {first}. Référence pour votre banque : {invoice}."),
        ],
    ),
    script(
        "payment-declined",
        BILLING,
        &["billing"],
        &[
            C(
                "Ma carte est refusée au paiement alors [que ma banque dit que tout va bien|qu'elle marche partout ailleurs|que le plafond est loin]. C'est pour {le} à {price}, déjà {n} essais.",
            ),
            A(
                "Bonjour {first}, après trois essais le site bloque la carte une heure, mes excuses. J'ai levé le blocage. L'adresse de facturation est-elle celle que connaît votre banque ?",
            ),
            C("ah. j'ai déménagé à {city} au printemps, la banque a sûrement encore l'ancienne"),
            A(
                "Ce doit être ça. Mettez l'ancienne en facturation et la nouvelle en livraison, le paiement devrait passer.",
            ),
            C("Ça marche !! commande {order}"),
            A("Formidable. Tout part demain."),
        ],
    ),
    script(
        "gift-card",
        BILLING,
        &["gift-card"],
        &[
            C(
                "Bonjour, la carte cadeau {voucher} affiche [« code invalide »|« déjà utilisée »|« expirée »] alors que je l'ai eue à Noël et jamais utilisée. Il doit y avoir {value} dessus",
            ),
            A(
                "Bonjour {first}, la carte est bonne, mais n'a pas été activée en caisse à {shop}. C'est fait : {value}, valables deux ans.",
            ),
            C("Ça marche, merci ! On peut cumuler avec une remise ?"),
            A("Oui, d'abord la remise, puis la carte cadeau au moment du paiement."),
        ],
    ),
    script(
        "gift-card",
        BILLING,
        &["gift-card"],
        &[
            C(
                "Est-il possible d'offrir une carte cadeau de {value} avec [un petit mot|une jolie enveloppe|un envoi différé] ? C'est pour le pot de départ d'un collègue {later}.",
            ),
            A(
                "Bonjour {first}, belle idée. Par mail elle arrive tout de suite avec votre mot ; sur papier, il faut deux jours jusqu'à {city}. Laquelle préférez-vous ?",
            ),
            C("Papier, avec le mot : « Garde le rythme ! Toute l'équipe »"),
            A("Elle part demain. Le lien de paiement de {value} vous attend à {mail}."),
        ],
    ),
    script(
        "quote",
        BUSINESS,
        &["business"],
        &[
            C(
                "Bonjour, notre entreprise souhaite un devis pour {n} vélos de ville Sillon pour nos salariés à {city}. Proposez-vous [la location longue durée|une remise flotte|l'entretien sur place] ?",
            ),
            A(
                "Bonjour {first}, avec plaisir. Dès {n} vélos il y a une remise flotte, et notre atelier passe chez vous deux fois par an. Puis-je avoir la raison sociale et le n° de TVA ?",
            ),
            C("Sté Rivage Conseil. Je vous envoie la TVA par mail. On pourrait voir un vélo avant ?"),
            N("Devis {invoice} envoyé à {mail}, valable 30 jours. Vélo d'essai réservé à {shop} pour {later}."),
            A(
                "Le devis {invoice} part à {mail}, il est valable 30 jours. Un vélo d'essai vous attend à {shop} {later} à partir de {hour}.",
            ),
            C("Parfait, nous viendrons à deux."),
            A("Vous êtes donc attendus {later}."),
        ],
    ),
    script(
        "quote",
        BUSINESS,
        &["business", "billing"],
        &[
            C(
                "[Notre école a|Notre club de {city} a|Notre association aurait] besoin de {dozens} casques Ardea. Peut-on payer par bon de commande ? [Le budget est serré|C'est pour la rentrée|Personne n'a de carte ici]",
            ),
            A(
                "Bonjour {first}, oui, écoles et clubs règlent à 30 jours sur bon de commande, avec 12 % de remise dès 24 pièces. Je panache les tailles ?",
            ),
            C("Moitié S, moitié M. Livraison au {street}, {city}"),
            A("Le devis est parti à {mail}. Renvoyez-nous simplement le bon de commande, livraison sous une semaine."),
        ],
    ),
];
