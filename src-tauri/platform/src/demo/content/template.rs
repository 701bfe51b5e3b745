//! Turns a template into a text: `{slot}` is filled from the story's facts, `[a|b]` becomes one of its parts by chance.
//!
//! Facts are drawn once per story, so that an order keeps its number and an article its price.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::Language;

/// An article of the shop. All are singular, so that sentences fit; French needs its article and gender.
#[derive(Debug)]
struct Product {
    english: &'static str,
    le: &'static str,
    mon: &'static str,
    cents: u32,
}

impl Product {
    /// Whether the line speaks of this model. A model's name is the last capitalised word of the French one.
    fn named_in(&self, line: &str) -> bool {
        let model = self.le.rsplit(' ').find(|word| word.starts_with(char::is_uppercase));
        model.is_some_and(|model| line.contains(model))
    }
}

const fn product(english: &'static str, le: &'static str, mon: &'static str, cents: u32) -> Product {
    Product { english, le, mon, cents }
}

const PRODUCTS: &[Product] = &[
    product("Nimba 3 tent", "la tente Nimba 3", "ma tente Nimba 3", 18_900),
    product("Ardea helmet", "le casque Ardea", "mon casque Ardea", 6_490),
    product("Sillon city bike", "le vélo de ville Sillon", "mon vélo Sillon", 64_900),
    product("Pixie 20 kids' bike", "le vélo enfant Pixie 20", "mon Pixie 20", 28_900),
    product("Karst 45 backpack", "le sac à dos Karst 45", "mon sac Karst 45", 11_990),
    product("Borée rain jacket", "la veste de pluie Borée", "ma veste Borée", 8_990),
    product("Tarn sleeping bag", "le duvet Tarn", "mon duvet Tarn", 13_900),
    product("Halage rear rack", "le porte-bagages Halage", "mon porte-bagages Halage", 4_590),
    product("Grésil camping stove", "le réchaud Grésil", "mon réchaud Grésil", 5_490),
    product("Ourse child seat", "le siège enfant Ourse", "mon siège enfant Ourse", 9_990),
    product("Vigie bike lock", "l'antivol Vigie", "mon antivol Vigie", 3_990),
    product("Orme repair stand", "le pied d'atelier Orme", "mon pied d'atelier Orme", 7_990),
    product("Cairn GPS watch", "la montre GPS Cairn", "ma montre Cairn", 19_900),
    product("Sorgue inflatable kayak", "le kayak gonflable Sorgue", "mon kayak Sorgue", 32_900),
    product("Mistral floor pump", "la pompe à pied Mistral", "ma pompe Mistral", 3_490),
    product("Alpage folding chair", "la chaise pliante Alpage", "ma chaise Alpage", 4_290),
];

/// The facts of one story.
#[derive(Debug)]
pub(super) struct Facts {
    language: Language,
    first_name: String,
    product: &'static Product,
    numbers: [u32; 4],
    places: (&'static str, &'static str, &'static str),
    weekdays: (&'static str, &'static str),
    hour: u32,
    small: u32,
    size: &'static str,
}

impl Facts {
    /// Draws them. If the lines name an article, the story is about that one, so that prices fit.
    pub(super) fn draw(language: Language, first_name: &str, lines: &[&str], rng: &mut StdRng) -> Self {
        let (weekdays, places): (&[_], &[_]) = match language {
            Language::English => (
                &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
                &[
                    ("Bristol", "14 Harbour Lane", "Cork"),
                    ("Leeds", "27 Mill Row", "York"),
                    ("Dublin", "3 Orchard Terrace", "Galway"),
                    ("Edinburgh", "61 Castle Wynd", "Perth"),
                    ("Cardiff", "8 Foundry Street", "Swansea"),
                ],
            ),
            Language::French => (
                &["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
                &[
                    ("Lyon", "14 rue des Tanneurs", "Villeurbanne"),
                    ("Nantes", "27 quai du Moulin", "Rezé"),
                    ("Lille", "3 rue du Verger", "Roubaix"),
                    ("Grenoble", "61 rue de la Fonderie", "Meylan"),
                    ("Bruxelles", "8 avenue du Canal", "Namur"),
                ],
            ),
        };
        let drawn = PRODUCTS.choose(rng).unwrap_or(&PRODUCTS[0]);
        let product = PRODUCTS.iter().find(|product| lines.iter().any(|line| product.named_in(line))).unwrap_or(drawn);
        let first_day = rng.random_range(0..weekdays.len());
        let later_day = (first_day + rng.random_range(1..4)) % weekdays.len();
        Self {
            language,
            first_name: first_name.to_owned(),
            product,
            numbers: std::array::from_fn(|_| rng.random_range(100_000..1_000_000)),
            places: places.choose(rng).copied().unwrap_or(places[0]),
            weekdays: (weekdays[first_day], weekdays[later_day]),
            hour: rng.random_range(9..18),
            small: rng.random_range(3..10),
            size: ["S", "M", "L", "XL"].choose(rng).copied().unwrap_or("M"),
        }
    }

    fn slot(&self, name: &str) -> Option<String> {
        let [order, invoice, tracking, points] = self.numbers;
        let text = match name {
            "first" => self.first_name.clone(),
            "product" => self.product.english.to_owned(),
            "le" => self.product.le.to_owned(),
            "mon" => self.product.mon.to_owned(),
            "price" => self.money(self.product.cents),
            "tenth" => self.money(self.product.cents / 10),
            "order" => format!("CL-{order}"),
            "invoice" => format!("F{invoice}"),
            "tracking" => format!("CDL{tracking}{}", points % 1000),
            "voucher" => format!("CADO-{}-{}", points % 10_000, invoice % 10_000),
            "points" => (points % 1_900 + 100).to_string(),
            "value" => self.money([3_000, 5_000, 7_500, 10_000][points as usize % 4]),
            "fee" => self.money([490, 690, 990][points as usize % 3]),
            "mail" => format!("client{}@mail.example", invoice % 100_000),
            "shop" => self.places.0.to_owned(),
            "street" => self.places.1.to_owned(),
            "city" => self.places.2.to_owned(),
            "day" => self.weekdays.0.to_owned(),
            "later" => self.weekdays.1.to_owned(),
            "hour" => self.time(self.hour, 0),
            "half" => self.time(self.hour, 30),
            "labour" => self.money([2_900, 3_900, 4_900][points as usize % 3]),
            "plan" => self.money(990),
            "n" => self.small.to_string(),
            "dozens" => (self.small * 12).to_string(),
            "size" => self.size.to_owned(),
            _ => return None,
        };
        Some(text)
    }

    fn money(&self, cents: u32) -> String {
        let (whole, rest) = (cents / 100, cents % 100);
        match self.language {
            Language::English => format!("€{whole}.{rest:02}"),
            Language::French => format!("{whole},{rest:02} €"),
        }
    }

    fn time(&self, hour: u32, minute: u32) -> String {
        match self.language {
            Language::English => format!("{hour}:{minute:02}"),
            Language::French if minute == 0 => format!("{hour} h"),
            Language::French => format!("{hour} h {minute:02}"),
        }
    }
}

/// The text. A slot that nobody knows stays as it is, where a test finds it.
pub(super) fn fill(template: &str, facts: &Facts, rng: &mut StdRng) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let close = if from.starts_with('[') { ']' } else { '}' };
        let Some(end) = from.find(close) else { break };
        let inside = &from[1..end];
        if close == ']' {
            let parts: Vec<_> = inside.split('|').collect();
            let part = parts.choose(rng).copied().unwrap_or_default();
            text.push_str(&fill(part, facts, rng));
        } else if let Some(value) = facts.slot(inside) {
            text.push_str(&value);
        } else {
            text.push_str(&from[..=end]);
        }
        rest = &from[end + 1..];
    }
    text.push_str(rest);
    text
}
