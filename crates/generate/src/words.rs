//! The words that texts are made of. All of it is made up or general: no person, firm or address is meant. Changing a
//! list changes the rows that a seed gives.

/// Given names, each with the letters an address would spell it with.
pub(crate) const GIVEN: &[(&str, &str)] = &[
    ("Anna", "anna"),
    ("Ben", "ben"),
    ("Chidi", "chidi"),
    ("Dilara", "dilara"),
    ("Eero", "eero"),
    ("Fatima", "fatima"),
    ("Grace", "grace"),
    ("Henrik", "henrik"),
    ("Inês", "ines"),
    ("Jürgen", "juergen"),
    ("Kofi", "kofi"),
    ("Léa", "lea"),
    ("Mateo", "mateo"),
    ("Nadia", "nadia"),
    ("Oluwaseun", "oluwaseun"),
    ("Priya", "priya"),
    ("Quinn", "quinn"),
    ("Rosa", "rosa"),
    ("Søren", "soren"),
    ("Tomás", "tomas"),
    ("Uma", "uma"),
    ("Valentina", "valentina"),
    ("Wei", "wei"),
    ("Ximena", "ximena"),
    ("Yuki", "yuki"),
    ("Zoë", "zoe"),
    ("Łucja", "lucja"),
    ("Андрій", "andriy"),
    ("Ελένη", "eleni"),
    ("美咲", "misaki"),
    ("سلمى", "salma"),
    ("Mary-Jane", "mary-jane"),
];

/// Family names, each with the letters an address would spell it with.
pub(crate) const FAMILY: &[(&str, &str)] = &[
    ("Adeyemi", "adeyemi"),
    ("Bauer", "bauer"),
    ("Costa", "costa"),
    ("D'Angelo", "dangelo"),
    ("Eriksen", "eriksen"),
    ("Fernández", "fernandez"),
    ("García", "garcia"),
    ("Haddad", "haddad"),
    ("Ito", "ito"),
    ("Johnson", "johnson"),
    ("Kowalska", "kowalska"),
    ("Lindqvist", "lindqvist"),
    ("Müller", "mueller"),
    ("Nguyễn", "nguyen"),
    ("O'Brien", "obrien"),
    ("Patel", "patel"),
    ("Quispe", "quispe"),
    ("Rossi", "rossi"),
    ("Smith", "smith"),
    ("Tanaka", "tanaka"),
    ("Usman", "usman"),
    ("van der Berg", "vanderberg"),
    ("Weber", "weber"),
    ("Xu", "xu"),
    ("Yıldız", "yildiz"),
    ("Zhang", "zhang"),
    ("Ångström", "angstrom"),
    ("Шевченко", "shevchenko"),
    ("Παππάς", "pappas"),
    ("佐藤", "sato"),
    ("Dvořák", "dvorak"),
    ("Ñíguez", "niguez"),
];

/// A city, its name in ASCII, its country, the country's code and a postcode, where `#` stands for a digit.
pub(crate) type Place = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Places; every country once.
pub(crate) const PLACES: &[Place] = &[
    ("Lisboa", "Lisbon", "Portugal", "PT", "1###-0##"),
    ("Berlin", "Berlin", "Germany", "DE", "10###"),
    ("Kraków", "Krakow", "Poland", "PL", "30-###"),
    ("Lyon", "Lyon", "France", "FR", "6900#"),
    ("Utrecht", "Utrecht", "Netherlands", "NL", "35## AB"),
    ("Leeds", "Leeds", "United Kingdom", "GB", "LS# #AA"),
    ("Cork", "Cork", "Ireland", "IE", "T12 A#C#"),
    ("Sevilla", "Seville", "Spain", "ES", "410##"),
    ("Torino", "Turin", "Italy", "IT", "101##"),
    ("Zürich", "Zurich", "Switzerland", "CH", "80##"),
    ("Graz", "Graz", "Austria", "AT", "80##"),
    ("Malmö", "Malmo", "Sweden", "SE", "21# ##"),
    ("København", "Copenhagen", "Denmark", "DK", "21##"),
    ("Tromsø", "Tromso", "Norway", "NO", "90##"),
    ("Tampere", "Tampere", "Finland", "FI", "331##"),
    ("Αθήνα", "Athens", "Greece", "GR", "10# ##"),
    ("Київ", "Kyiv", "Ukraine", "UA", "010##"),
    ("İzmir", "Izmir", "Türkiye", "TR", "350##"),
    ("東京", "Tokyo", "Japan", "JP", "10#-00##"),
    ("서울", "Seoul", "South Korea", "KR", "04###"),
    ("Hà Nội", "Hanoi", "Vietnam", "VN", "100###"),
    ("Pune", "Pune", "India", "IN", "4110##"),
    ("Nairobi", "Nairobi", "Kenya", "KE", "001##"),
    ("Accra", "Accra", "Ghana", "GH", "GA-###"),
    ("Cape Town", "Cape Town", "South Africa", "ZA", "80##"),
    ("São Paulo", "Sao Paulo", "Brazil", "BR", "010##-0##"),
    ("Bogotá", "Bogota", "Colombia", "CO", "1102##"),
    ("Guadalajara", "Guadalajara", "Mexico", "MX", "441##"),
    ("Portland", "Portland", "United States", "US", "972##"),
    ("Halifax", "Halifax", "Canada", "CA", "B3H #A#"),
    ("Hobart", "Hobart", "Australia", "AU", "70##"),
    ("Dunedin", "Dunedin", "New Zealand", "NZ", "90##"),
];

/// The first halves of made-up firms.
pub(crate) const FIRMS: &[&str] = &[
    "Bluefin",
    "Cobblestone",
    "Driftwood",
    "Eastgate",
    "Fernhill",
    "Greywater",
    "Hollowoak",
    "Ironleaf",
    "Juniper",
    "Kestrel",
    "Lanternfish",
    "Mossbank",
    "Northwind",
    "Ölberg",
    "Pinecone",
    "Quillfeather",
];

/// The second halves.
pub(crate) const TRADES: &[&str] =
    &["Foods", "Freight", "Labs", "& Sons", "Optics", "Paper", "Studio", "Textiles", "Tools", "Trading", "GmbH", "Ltd"];

/// Streets; a number goes before them.
pub(crate) const STREETS: &[&str] = &[
    "Alder Lane",
    "Bridge Street",
    "Canal Walk",
    "Elm Avenue",
    "Foundry Road",
    "Harbour Street",
    "King's Row",
    "Mill Lane",
    "Orchard Road",
    "Quarry Hill",
    "Rue des Érables",
    "Station Road",
    "Schloßstraße",
    "Willow Court",
];

/// Regions.
pub(crate) const REGIONS: &[&str] =
    &["North Coast", "South Coast", "Eastern Hills", "Western Plains", "Lake District", "Midlands", "Upper Valley"];

/// How things are.
pub(crate) const ADJECTIVES: &[&str] = &[
    "amber", "brisk", "calm", "deep", "early", "folding", "gentle", "hollow", "inner", "light", "narrow", "olive",
    "plain", "quiet", "round", "silver", "tall", "warm",
];

/// Things.
pub(crate) const THINGS: &[&str] = &[
    "anchor",
    "basket",
    "candle",
    "desk",
    "envelope",
    "fountain",
    "garden",
    "hammer",
    "inkwell",
    "jacket",
    "kettle",
    "lamp",
    "mirror",
    "notebook",
    "orchard",
    "piano",
    "river",
    "teapot",
    "umbrella",
    "window",
    "café",
    "crème brûlée",
];

/// Sentences.
pub(crate) const SENTENCES: &[&str] = &[
    "The second box was heavier than the first.",
    "Please ring twice; the bell is old.",
    "It works as described, and a little better.",
    "She said \"later\" and meant it.",
    "Arrived early, left on the doorstep.",
    "Ask again after the weekend.",
    "100% of it was used; nothing is left.",
    "The colour differs slightly from the picture.",
    "It's the third one this year.",
    "Très bien, merci — à bientôt.",
    "Größe passt, Farbe auch.",
    "No reply so far.",
    "とても良いです。",
    "Checked, counted and signed for.",
    "Back\\slash and tab are written out in full here.",
];

/// States of things.
pub(crate) const STATUSES: &[&str] = &["new", "active", "pending", "paused", "closed", "cancelled"];

/// Sorts of things.
pub(crate) const CATEGORIES: &[&str] = &["basic", "standard", "extra", "seasonal", "special", "trial"];

/// Colours.
pub(crate) const COLOURS: &[&str] =
    &["black", "blue", "brown", "green", "grey", "orange", "pink", "purple", "red", "teal", "white", "yellow"];

/// Currencies (ISO 4217).
pub(crate) const CURRENCIES: &[&str] = &["EUR", "USD", "GBP", "JPY", "CHF", "SEK", "BRL", "INR", "KES", "AUD"];

/// Languages (ISO 639-1).
pub(crate) const LANGUAGES: &[&str] = &["en", "de", "fr", "es", "pt", "ja", "uk", "tr", "pl", "sw"];
