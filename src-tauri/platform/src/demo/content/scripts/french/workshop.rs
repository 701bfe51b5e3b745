//! Une fois chez le client : conseils, réparations, garantie, pièces, magasins.

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
                "Bonjour, {mon} a {n} mois et n'est déjà plus utilisable : [tout se défait|une pièce a lâché|ça a cassé net]. C'est sous garantie ? Commande {order}",
            ),
            A(
                "Bonjour {first}, avec deux ans de garantie, oui. Pouvez-vous m'envoyer une photo de l'endroit et me dire à quelle fréquence cela sert ?",
            ),
            C("la photo arrive. une fois par semaine à peu près, rien d'extrême"),
            A("Merci, c'est clairement un défaut de matière. Au choix : un remplacement, ou {price} en retour."),
            C("Un remplacement, à part ça j'adore"),
            A("Le remplacement part demain. Vous pouvez recycler l'ancien exemplaire, inutile de nous le renvoyer."),
        ],
    ),
    script(
        "warranty",
        WORKSHOP,
        &["warranty", "complaint"],
        &[
            C(
                "Depuis la mise à jour ma montre Cairn [perd le GPS à chaque sortie|affiche n'importe quelle altitude|s'éteint au bout de {n} h], et au magasin de {shop} on m'a dit que c'est « normal ». Non. {order}",
            ),
            A(
                "Bonjour {first}, non, ce n'est pas normal, et mes excuses pour cette réponse. Appuyez 12 secondes sur les deux boutons : cela réinitialise le GPS sans effacer vos sorties.",
            ),
            C("Déjà fait deux fois avant d'écrire. Pareil."),
            N("Troisième cas sur ce lot. Échange sans expertise validé avec l'atelier."),
            A(
                "C'est donc le capteur, et nous échangeons la montre. La neuve part aujourd'hui ; remettez l'ancienne dans le même carton, l'étiquette est dedans.",
            ),
        ],
    ),
    script(
        "repair",
        WORKSHOP,
        &["repair", "shop"],
        &[
            C(
                "Bonjour, je voudrais [prendre rdv à l'atelier|déposer mon vélo|faire réviser mon vélo] à {shop} : les freins de mon Sillon couinent affreusement. {later} c'est possible ?",
            ),
            A(
                "Bonjour {first}, {later} à {half} est libre à {shop}. Freins et contrôle général : une heure environ, {labour} hors pièces. Je réserve ?",
            ),
            C("Oui merci. Je peux attendre sur place ?"),
            A("Bien sûr, il y a du café. C'est réservé {later} à {half}, numéro {invoice}."),
            C("👍"),
            A("On vous attend {later} !"),
        ],
    ),
    script(
        "repair",
        WORKSHOP,
        &["repair"],
        &[
            C(
                "Mon vélo est prêt ? Réparation {invoice}, déposé à {shop} {day}. [On m'avait dit deux jours|Vous deviez m'appeler|J'en ai besoin pour aller bosser]",
            ),
            A(
                "Bonjour {first}, je viens d'appeler l'atelier : il manque un plateau qui arrive demain. Le vélo sera prêt {later} à partir de {hour}.",
            ),
            C("Mmh ok. J'aurais aimé le savoir plus tôt"),
            A("Vous avez raison, un appel s'imposait. Nous déduisons {fee} de la note et un SMS vous préviendra."),
        ],
    ),
    script(
        "spare-part",
        WORKSHOP,
        &["product-advice"],
        &[
            C(
                "Vous vendez [le joint en caoutchouc|le petit clip en plastique|les vis] pour le réchaud Grésil à part ? [J'ai perdu le mien en rando|Cassé net|Disparu dans le déménagement]. Acheté avec {order}",
            ),
            A(
                "Bonjour {first}, pas sur le site, mais l'atelier en garde. Cela vaut quelques centimes, je vous en glisse un exemplaire sous enveloppe. {street}, {city} ?",
            ),
            C("Oui ! Trop sympa"),
            A("C'est posté aujourd'hui. Une minute de montage, sans outil."),
        ],
    ),
    script(
        "spare-part",
        WORKSHOP,
        &["product-advice", "repair"],
        &[
            C(
                "Je cherche [une chambre à air|un pneu|une roue] pour le Pixie 20 de la commande {order}. Vous en avez {n} sur le site et je m'y perds, c'est quoi la bonne taille ?",
            ),
            A(
                "Bonjour {first}, c'est du 20 × 1,75 à grosse valve. La bonne référence est dans votre panier, livraison offerte.",
            ),
            C("ah vous pouvez faire ça ? magique. et c'est dur à changer ?"),
            A(
                "Vingt minutes la première fois. Il y a une vidéo sur la page de l'article ; sinon nos magasins le font pour {fee}.",
            ),
        ],
    ),
    script(
        "product-advice",
        WORKSHOP,
        &["product-advice"],
        &[
            C(
                "Petite question avant d'acheter : [est-ce que le sac Karst 45 tient vraiment la pluie|combien pèse le sac Karst 45|est-ce que le Karst 45 convient quand on fait 1m9{n}] ? [La fiche ne le dit pas|Rien sur la fiche|Je ne vois pas sur le site].",
            ),
            A(
                "Bonjour {first}, bonne question, je viens de vérifier à l'entrepôt. C'est pour quel usage ? Je vous dirai franchement si cela convient.",
            ),
            C("{n} jours en Bretagne, donc pluie, vent et tout ce qui va avec"),
            A(
                "Alors allez-y sans crainte, c'est ce que nous sommes deux à utiliser ici. Et en cas de déception, vous avez 30 jours.",
            ),
            C("Vendu 😄"),
            A("Belles vacances ! La fiche sera complétée ce soir."),
        ],
    ),
    script(
        "store-hours",
        WORKSHOP,
        &["shop"],
        &[
            C(
                "Bonjour, [vous êtes ouverts|le magasin de {shop} est ouvert|vous ouvrez à quelle heure] {later} ? J'aimerais voir {le} avant d'acheter.",
            ),
            A(
                "Bonjour {first}, le magasin de {shop} ouvre de 9 h 30 à 18 h 30, {later} aussi. Souhaitez-vous que je vous mette un exemplaire de côté ?",
            ),
            C("Oui svp, je passerai vers {hour}. On peut se garer ?"),
            A(
                "C'est mis de côté à votre nom jusqu'au soir. Il y a des arceaux vélo devant et un parking juste derrière.",
            ),
        ],
    ),
];
