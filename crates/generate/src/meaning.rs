//! What a column is about, told from the English words of its name.

use crate::moment::Moment;

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Given,
    Family,
    Person,
    Email,
    Phone,
    User,
    Company,
    City,
    Country,
    CountryCode,
    Postcode,
    Street,
    Region,
    Url,
    Domain,
    Ip,
    Title,
    Prose,
    Status,
    Category,
    Colour,
    Currency,
    Language,
    Code,
    Words,
}

impl Topic {
    /// What a preview calls such texts.
    pub(crate) fn called(self) -> &'static str {
        match self {
            Self::Given => "first names",
            Self::Family => "last names",
            Self::Person => "full names",
            Self::Email => "e-mail addresses",
            Self::Phone => "phone numbers",
            Self::User => "user names",
            Self::Company => "company names",
            Self::City => "cities",
            Self::Country => "countries",
            Self::CountryCode => "country codes",
            Self::Postcode => "postcodes",
            Self::Street => "street addresses",
            Self::Region => "regions",
            Self::Url => "web addresses",
            Self::Domain => "domain names",
            Self::Ip => "IP addresses",
            Self::Title => "titles",
            Self::Prose => "sentences",
            Self::Status => "states",
            Self::Category => "categories",
            Self::Colour => "colours",
            Self::Currency => "currencies",
            Self::Language => "languages",
            Self::Code => "codes",
            Self::Words => "words",
        }
    }
}

/// What a number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Latitude,
    Longitude,
    Price,
    Salary,
    Percent,
    Quantity,
    Age,
    Year,
    Month,
    Rating,
    Flag,
    Plain,
}

/// What a day or time is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    Born,
    In(Moment),
}

const TOPICS: &[(&str, Topic)] = &[
    ("ip", Topic::Ip),
    ("email", Topic::Email),
    ("e mail", Topic::Email),
    ("mail", Topic::Email),
    ("phone", Topic::Phone),
    ("telephone", Topic::Phone),
    ("mobile", Topic::Phone),
    ("fax", Topic::Phone),
    ("tel", Topic::Phone),
    ("user name", Topic::User),
    ("username", Topic::User),
    ("login", Topic::User),
    ("nickname", Topic::User),
    ("handle", Topic::User),
    ("url", Topic::Url),
    ("uri", Topic::Url),
    ("website", Topic::Url),
    ("homepage", Topic::Url),
    ("link", Topic::Url),
    ("domain", Topic::Domain),
    ("hostname", Topic::Domain),
    ("host", Topic::Domain),
    ("first name", Topic::Given),
    ("firstname", Topic::Given),
    ("given name", Topic::Given),
    ("forename", Topic::Given),
    ("last name", Topic::Family),
    ("lastname", Topic::Family),
    ("family name", Topic::Family),
    ("surname", Topic::Family),
    ("company", Topic::Company),
    ("organisation", Topic::Company),
    ("organization", Topic::Company),
    ("employer", Topic::Company),
    ("supplier", Topic::Company),
    ("vendor", Topic::Company),
    ("manufacturer", Topic::Company),
    ("brand", Topic::Company),
    ("country code", Topic::CountryCode),
    ("country iso", Topic::CountryCode),
    ("country", Topic::Country),
    ("city", Topic::City),
    ("town", Topic::City),
    ("postcode", Topic::Postcode),
    ("post code", Topic::Postcode),
    ("postal code", Topic::Postcode),
    ("zip", Topic::Postcode),
    ("zipcode", Topic::Postcode),
    ("street", Topic::Street),
    ("address", Topic::Street),
    ("region", Topic::Region),
    ("province", Topic::Region),
    ("county", Topic::Region),
    ("full name", Topic::Person),
    ("fullname", Topic::Person),
    ("display name", Topic::Person),
    ("contact", Topic::Person),
    ("author", Topic::Person),
    ("customer name", Topic::Person),
    ("employee name", Topic::Person),
    ("student name", Topic::Person),
    ("teacher name", Topic::Person),
    ("description", Topic::Prose),
    ("notes", Topic::Prose),
    ("note", Topic::Prose),
    ("comment", Topic::Prose),
    ("comments", Topic::Prose),
    ("body", Topic::Prose),
    ("content", Topic::Prose),
    ("summary", Topic::Prose),
    ("message", Topic::Prose),
    ("bio", Topic::Prose),
    ("remarks", Topic::Prose),
    ("text", Topic::Prose),
    ("title", Topic::Title),
    ("subject", Topic::Title),
    ("headline", Topic::Title),
    ("caption", Topic::Title),
    ("status", Topic::Status),
    ("state", Topic::Status),
    ("stage", Topic::Status),
    ("category", Topic::Category),
    ("type", Topic::Category),
    ("colour", Topic::Colour),
    ("color", Topic::Colour),
    ("currency", Topic::Currency),
    ("language", Topic::Language),
    ("lang", Topic::Language),
    ("locale", Topic::Language),
    ("sku", Topic::Code),
    ("code", Topic::Code),
    ("reference", Topic::Code),
    ("barcode", Topic::Code),
    ("serial", Topic::Code),
    ("isbn", Topic::Code),
    ("number", Topic::Code),
];

/// What the bare word `name` means in a table of these.
const NAMED: &[(&str, Topic)] = &[
    ("customer", Topic::Person),
    ("user", Topic::Person),
    ("person", Topic::Person),
    ("people", Topic::Person),
    ("employee", Topic::Person),
    ("author", Topic::Person),
    ("student", Topic::Person),
    ("teacher", Topic::Person),
    ("member", Topic::Person),
    ("contact", Topic::Person),
    ("company", Topic::Company),
    ("organisation", Topic::Company),
    ("organization", Topic::Company),
    ("supplier", Topic::Company),
    ("vendor", Topic::Company),
    ("brand", Topic::Company),
    ("country", Topic::Country),
    ("city", Topic::City),
    ("region", Topic::Region),
    ("category", Topic::Category),
    ("colour", Topic::Colour),
    ("color", Topic::Colour),
];

const MEASURES: &[(&str, Measure)] = &[
    ("latitude", Measure::Latitude),
    ("lat", Measure::Latitude),
    ("longitude", Measure::Longitude),
    ("lon", Measure::Longitude),
    ("lng", Measure::Longitude),
    ("percent", Measure::Percent),
    ("percentage", Measure::Percent),
    ("rate", Measure::Percent),
    ("discount", Measure::Percent),
    ("quantity", Measure::Quantity),
    ("qty", Measure::Quantity),
    ("count", Measure::Quantity),
    ("stock", Measure::Quantity),
    ("price", Measure::Price),
    ("amount", Measure::Price),
    ("total", Measure::Price),
    ("subtotal", Measure::Price),
    ("cost", Measure::Price),
    ("fee", Measure::Price),
    ("salary", Measure::Salary),
    ("wage", Measure::Salary),
    ("balance", Measure::Price),
    ("age", Measure::Age),
    ("year", Measure::Year),
    ("month", Measure::Month),
    ("rating", Measure::Rating),
    ("stars", Measure::Rating),
    ("priority", Measure::Rating),
];

const OCCASIONS: &[(&str, Occasion)] = &[
    ("born", Occasion::Born),
    ("birth", Occasion::Born),
    ("birthday", Occasion::Born),
    ("birthdate", Occasion::Born),
    ("dob", Occasion::Born),
    ("updated", Occasion::In(Moment::Updated)),
    ("modified", Occasion::In(Moment::Updated)),
    ("changed", Occasion::In(Moment::Updated)),
    ("edited", Occasion::In(Moment::Updated)),
    ("update", Occasion::In(Moment::Updated)),
    ("last", Occasion::In(Moment::Updated)),
    ("deleted", Occasion::In(Moment::Deleted)),
    ("archived", Occasion::In(Moment::Deleted)),
    ("cancelled", Occasion::In(Moment::Deleted)),
    ("canceled", Occasion::In(Moment::Deleted)),
    ("due", Occasion::In(Moment::Due)),
    ("deadline", Occasion::In(Moment::Due)),
    ("expires", Occasion::In(Moment::Due)),
    ("expiry", Occasion::In(Moment::Due)),
    ("until", Occasion::In(Moment::Due)),
    ("shipped", Occasion::In(Moment::Shipped)),
    ("sent", Occasion::In(Moment::Shipped)),
    ("paid", Occasion::In(Moment::Shipped)),
    ("delivered", Occasion::In(Moment::Delivered)),
    ("received", Occasion::In(Moment::Delivered)),
    ("completed", Occasion::In(Moment::Delivered)),
    ("finished", Occasion::In(Moment::Delivered)),
    ("end", Occasion::In(Moment::Ended)),
    ("ended", Occasion::In(Moment::Ended)),
    ("returned", Occasion::In(Moment::Ended)),
];

/// The words of a name in lower case: `customerEmail`, `customer_email` and `Customer-Email` are the same.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut lower = false;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        // `userID` is two words, and so is `IPAddress`.
        let begins = letter.is_uppercase() && (lower || letters.peek().is_some_and(|next| next.is_lowercase()));
        let ends = !letter.is_alphanumeric() || begins;
        if ends && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The first row of a list whose words stand one after the other in a name.
fn find<'a, T>(words: &[String], list: &'a [(&str, T)]) -> Option<&'a (&'a str, T)> {
    list.iter().find(|(sought, _)| {
        let sought: Vec<&str> = sought.split(' ').collect();
        words.windows(sought.len()).any(|window| window == sought.as_slice())
    })
}

/// What a text column is about, and what remains of its name: columns with the same remainder (`billing` in
/// `billing_city` and `billing_country`) are about the same thing.
pub(crate) fn topic(table: &str, column: &str, neighbours: &[Vec<String>]) -> (Topic, String) {
    let own = words(column);
    if own == ["name"] {
        // "customers" is more than one "customer": a plural is read by its stem as well.
        let mut of = words(table);
        for word in of.clone() {
            of.extend(word.strip_suffix("ies").map(|stem| format!("{stem}y")));
            of.extend(word.strip_suffix('s').map(str::to_owned));
        }
        return (find(&of, NAMED).map_or(Topic::Title, |found| found.1), String::new());
    }
    match find(&own, TOPICS) {
        Some((sought, topic)) => {
            let sought: Vec<&str> = sought.split(' ').collect();
            let fillers = ["name", "address", "number", "line", "1", "2"];
            let rest: Vec<&str> = own
                .iter()
                .map(String::as_str)
                .filter(|word| !sought.contains(word) && !fillers.contains(word))
                .collect();
            // Where there is a city, a state is a part of a country.
            let near = |word: &&str| neighbours.iter().any(|other| other.iter().any(|found| found == word));
            let topic = match topic {
                Topic::Status if sought == ["state"] && ["city", "zip", "postcode", "country"].iter().any(near) => {
                    Topic::Region
                }
                topic => *topic,
            };
            (topic, rest.join(" "))
        }
        None if own.last().is_some_and(|word| word == "name" || word == "label") => (Topic::Title, String::new()),
        None => (Topic::Words, String::new()),
    }
}

/// What a number column is about.
pub(crate) fn measure(column: &str) -> Measure {
    let words = words(column);
    if words.len() > 1 && words.first().is_some_and(|word| word == "is" || word == "has") {
        return Measure::Flag;
    }
    find(&words, MEASURES).map_or(Measure::Plain, |found| found.1)
}

/// Whether a text column holds days (`Some(false)`) or moments (`Some(true)`), as they do where there is no type for
/// them.
pub(crate) fn written_moment(column: &str) -> Option<bool> {
    let words = words(column);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    match words.last().map(String::as_str) {
        Some("at") if words.len() > 1 => Some(true),
        Some("on") if words.len() > 1 => Some(false),
        _ if says(&["timestamp", "datetime"]) => Some(true),
        _ if says(&["date", "birthday", "birthdate", "dob"]) => Some(false),
        _ => None,
    }
}

/// What a day or time column is about. Anything without a telling word is when the row came into being.
pub(crate) fn occasion(column: &str) -> Occasion {
    find(&words(column), OCCASIONS).map_or(Occasion::In(Moment::Created), |found| found.1)
}

/// How many rows of eight are true.
pub(crate) fn eighths_true(column: &str) -> u64 {
    let words = words(column);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if says(&["deleted", "archived", "hidden", "blocked", "banned", "locked", "cancelled", "admin"]) {
        1
    } else if says(&["active", "enabled", "verified", "visible", "public", "published", "valid"]) {
        7
    } else {
        4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words_in_every_style() {
        for name in ["customer_email", "customerEmail", "Customer-Email", "CUSTOMER_EMAIL"] {
            assert_eq!(words(name), ["customer", "email"], "{name}");
        }
        assert_eq!(words("IPAddress"), ["ip", "address"]);
        assert_eq!(words("userID"), ["user", "id"]);
    }

    #[test]
    fn only_whole_words_count() {
        assert_eq!(topic("t", "zipper", &[]).0, Topic::Words);
        assert_eq!(topic("t", "shipment", &[]).0, Topic::Words);
        assert_eq!(measure("coverage"), Measure::Plain);
        assert_eq!(measure("age"), Measure::Age);
    }

    #[test]
    fn a_name_is_of_what_the_table_holds() {
        assert_eq!(topic("customers", "name", &[]).0, Topic::Person);
        assert_eq!(topic("countries", "name", &[]).0, Topic::Country);
        assert_eq!(topic("product", "name", &[]).0, Topic::Title);
    }

    #[test]
    fn columns_about_the_same_thing_have_the_same_remainder() {
        assert_eq!(topic("t", "billing_city", &[]), (Topic::City, "billing".to_owned()));
        assert_eq!(topic("t", "billingCountryCode", &[]), (Topic::CountryCode, "billing".to_owned()));
        assert_eq!(topic("t", "state", &[words("state"), words("city")]).0, Topic::Region);
        assert_eq!(topic("t", "state", &[words("state")]).0, Topic::Status);
    }
}
