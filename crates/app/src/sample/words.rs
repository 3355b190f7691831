//! What people, places and things are called.

pub(super) const COUNTRIES: [(&str, &str, &str); 14] = [
    ("AT", "Austria", "EUR"),
    ("BR", "Brazil", "BRL"),
    ("CH", "Switzerland", "CHF"),
    ("DE", "Germany", "EUR"),
    ("DK", "Denmark", "DKK"),
    ("EG", "Egypt", "EGP"),
    ("ES", "Spain", "EUR"),
    ("FR", "France", "EUR"),
    ("GB", "United Kingdom", "GBP"),
    ("IL", "Israel", "ILS"),
    ("IT", "Italy", "EUR"),
    ("JP", "Japan", "JPY"),
    ("PL", "Poland", "PLN"),
    ("US", "United States", "USD"),
];

/// Given names, surnames, streets and cities that belong together, with the country and whether text runs to the left.
pub(super) struct Place {
    pub(super) country: &'static str,
    pub(super) given: &'static [&'static str],
    pub(super) surnames: &'static [&'static str],
    pub(super) streets: &'static [&'static str],
    pub(super) cities: &'static [(&'static str, f64, f64)],
}

pub(super) const PLACES: [Place; 8] = [
    Place {
        country: "GB",
        given: &["Alice", "Oliver", "Amelia", "George", "Isla", "Harry", "Freya", "Theo", "Siân", "Niamh"],
        surnames: &["Smith", "O'Brien", "Taylor", "Walker", "Wright", "Hughes", "Green", "Baker-Jones"],
        streets: &["High Street", "Church Lane", "Mill Road", "King's Row", "Station Road"],
        cities: &[("London", 51.5072, -0.1276), ("Leeds", 53.8008, -1.5491), ("Bath", 51.3811, -2.359)],
    },
    Place {
        country: "DE",
        given: &["Anna", "Jürgen", "Käthe", "Lukas", "Miriam", "Björn", "Sophie", "Uwe"],
        surnames: &["Müller", "Schäfer", "Groß", "Weber", "Köhler", "von der Heide", "Yılmaz"],
        streets: &["Hauptstraße", "Gartenweg", "Am Ziegelhof", "Lindenallee"],
        cities: &[("Berlin", 52.52, 13.405), ("Köln", 50.9375, 6.9603), ("München", 48.1351, 11.582)],
    },
    Place {
        country: "FR",
        given: &["Chloé", "Émile", "François", "Zoé", "Noël", "Inès"],
        surnames: &["Dubois", "Lefèvre", "Moreau", "d'Arc", "Benoît"],
        streets: &["rue de la Paix", "avenue des Tuileries", "quai du Rhône"],
        cities: &[("Paris", 48.8566, 2.3522), ("Lyon", 45.764, 4.8357), ("Besançon", 47.2378, 6.0241)],
    },
    Place {
        country: "EG",
        given: &["أحمد", "فاطمة", "محمد", "ليلى", "يوسف", "نور"],
        surnames: &["المصري", "حسن", "عبد الله", "الخطيب", "منصور"],
        streets: &["شارع التحرير", "شارع النيل", "طريق الأهرام"],
        cities: &[("القاهرة", 30.0444, 31.2357), ("الإسكندرية", 31.2001, 29.9187)],
    },
    Place {
        country: "IL",
        given: &["נועה", "דוד", "יעל", "אברהם", "תמר"],
        surnames: &["כהן", "לוי", "מזרחי", "פרץ"],
        streets: &["רחוב הרצל", "שדרות רוטשילד", "רחוב ביאליק"],
        cities: &[("תל אביב", 32.0853, 34.7818), ("חיפה", 32.794, 34.9896)],
    },
    Place {
        country: "JP",
        given: &["陽葵", "蓮", "さくら", "大翔", "結衣"],
        surnames: &["佐藤", "鈴木", "高橋", "田中"],
        streets: &["中央通り", "桜通り", "銀座"],
        cities: &[("東京", 35.6762, 139.6503), ("京都", 35.0116, 135.7681)],
    },
    Place {
        country: "PL",
        given: &["Łukasz", "Zofia", "Święto", "Małgorzata", "Paweł"],
        surnames: &["Kowalski", "Wójcik", "Źrebiec", "Nowak"],
        streets: &["ulica Ceglana", "Aleje Jerozolimskie", "ulica Długa"],
        cities: &[("Warszawa", 52.2297, 21.0122), ("Łódź", 51.7592, 19.456), ("Gdańsk", 54.352, 18.6466)],
    },
    Place {
        country: "US",
        given: &["Emma", "Liam", "Mia", "Noah", "Ava", "Elijah", "José", "Chiamaka"],
        surnames: &["Johnson", "Williams", "García", "Nguyen", "Lee", "Null", "Robert'); --"],
        streets: &["Main St", "2nd Ave", "Elm St", "Brickyard Rd"],
        cities: &[("Portland", 45.5152, -122.6784), ("Austin", 30.2672, -97.7431), ("Boston", 42.3601, -71.0589)],
    },
];

pub(super) const COMPANIES: [&str; 10] = [
    "Masonry & Sons",
    "Kachel AG",
    "L'Atelier du Carreau",
    "Blue Door Interiors",
    "\"Quoted\" Builders, Inc.",
    "مؤسسة البناء",
    "בית ועוד בע\"מ",
    "Tab\tand\nnewline Ltd",
    "🧱 Brick by Brick",
    "Żwir i Piach",
];

/// Top categories with their own.
pub(super) const CATEGORIES: [(&str, &[&str]); 9] = [
    ("Bricks & blocks", &["Clay bricks", "Engineering bricks", "Glass blocks", "Pavers", "Reclaimed bricks"]),
    ("Tiles", &["Wall tiles", "Floor tiles", "Mosaics", "Roof tiles"]),
    ("Tools", &["Trowels", "Levels", "Saws", "Power tools", "Gloves"]),
    ("Paint", &["Interior paint", "Exterior paint", "Primers", "Brushes"]),
    ("Kitchen", &["Cookware", "Knives", "Tableware", "Storage jars"]),
    ("Bathroom", &["Basins", "Taps", "Towels", "Mirrors"]),
    ("Lighting", &["Lamps", "Pendants", "Bulbs", "Candles"]),
    ("Garden", &["Planters", "Benches", "Seeds", "Fire pits"]),
    ("Furniture", &["Chairs", "Tables", "Shelves", "Beds"]),
];

pub(super) const MATERIALS: [&str; 12] =
    ["Clay", "Oak", "Brass", "Linen", "Slate", "Steel", "Glass", "Terracotta", "Walnut", "Marble", "Cork", "Iron"];

pub(super) const LOOKS: [&str; 12] = [
    "Rustic",
    "Smooth",
    "Glazed",
    "Hand-made",
    "Nordic",
    "Weathered",
    "Matt",
    "Polished",
    "Plain",
    "Antique",
    "Café",
    "Señorial",
];

pub(super) const COLOURS: [&str; 10] =
    ["red", "sand", "slate grey", "ivory", "olive", "cobalt", "terracotta", "black", "white", "copper"];

pub(super) const TITLES: [&str; 8] = [
    "Store manager",
    "Buyer",
    "Warehouse lead",
    "Sales assistant",
    "Driver",
    "Accountant",
    "Web developer",
    "Customer service",
];

pub(super) const SUPPLIERS: [&str; 20] = [
    "Old Kiln Works",
    "Ziegelei Nord",
    "Carrelages du Sud",
    "Fornace Rossa",
    "Cerâmica Azul",
    "Nile Clay Co.",
    "Harbour Timber",
    "Lumen Leuchten",
    "Tokyo Tools 株式会社",
    "Galil Stone גליל",
    "Fjord Furniture",
    "Loom & Thread",
    "Brass Foundry",
    "Green Thumb Seeds",
    "Colour House",
    "Mirror Mirror",
    "Everlast Bulbs",
    "Cast Iron Cookware",
    "Slate & Slab",
    "North Sea Glass",
];

pub(super) const CARRIERS: [&str; 5] = ["Swift Parcel", "Post", "Bulk Haul", "Cargo Bike", "Collected in store"];

pub(super) const METHODS: [&str; 5] = ["card", "bank transfer", "invoice", "cash", "gift card"];

pub(super) const REASONS: [&str; 6] =
    ["arrived broken", "wrong colour", "too late", "changed their mind", "ordered twice", "كسر أثناء النقل"];

/// Reviews: language, title, text.
pub(super) const OPINIONS: [(&str, &str, &str); 14] = [
    ("en", "Solid", "Does what it says. The edges are clean and the colour is even."),
    ("en", "Love it 😍", "Looks wonderful in our hallway. Would buy again! 👍🏽"),
    ("en", "Disappointing", "Two of ten were cracked. Support answered within a day, though."),
    ("de", "Sehr schön", "Größe passt genau, Farbe wie auf dem Bild. Gerne wieder."),
    ("fr", "Très joli", "Très bien emballé, arrivé en trois jours. Je recommande."),
    ("ar", "ممتاز", "جودة عالية ولون جميل، وصل الطلب في الموعد. أنصح به بشدة."),
    ("he", "מצוין", "איכות גבוהה ומשלוח מהיר. בדיוק כמו בתמונה."),
    ("ja", "とても良い", "色も質感も期待どおりでした。また買います。"),
    ("pl", "W porządku", "Zgodne z opisem, trochę długo szło. Żółty odcień jest ładny."),
    ("en", "Meh", "It's \"fine\", I suppose; nothing more, nothing less."),
    ("en", "🔥🔥🔥", "👩‍👩‍👧‍👦 approved"),
    ("en", "", "No title needed."),
    ("es", "Buena compra", "El niño lo usó ayer; ¡aguanta de todo!"),
    ("en", "Careful, heavy", "Weighs more than you think.\nBring a friend.\n\n- A."),
];

/// A paragraph for the few who have much to say.
pub(super) const LONG_PARAGRAPH: &str = "We laid the whole terrace with these over one long weekend. The first course took a morning, \
because the ground was not as level as we had believed, and the second went twice as fast. What nobody tells you is how much \
the colour changes once it has rained: the dry sand tone turns into a deep, warm red, and it stays that way for hours. \
وقد أعجب الجيران باللون كثيرا. הילדים כבר משחקים שם. 🧱🌧️ After a year there is a little moss in the shade, none in the sun, \
and not a single crack. ";
