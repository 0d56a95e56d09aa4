//! The language of a page: chosen by `?lang=`, else the first of `Accept-Language` that there is, and its words.
//!
//! Words are Fluent messages. Those of the report are the verifier's own (`verifier/messages/`, and for what statements hold
//! `verifier/vocabulary/`), so that the page of the service and the page in the buyer's browser say the same thing in the same
//! words; each area of pages adds a folder of its own below `messages/`.

use std::sync::LazyLock;

use desk::words::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use maud::{Markup, Render, html};
use unic_langid::LanguageIdentifier;

/// The languages in the order in which pages offer them.
pub const LANGUAGES: [Language; 6] = [
    Language::Ko,
    Language::En,
    Language::Ru,
    Language::Ar,
    Language::Es,
    Language::Fr,
];

/// The messages of one area in every language.
macro_rules! area {
    ($folder:literal) => {
        |language| match language {
            Language::En => include_str!(concat!($folder, "/en.ftl")),
            Language::Ko => include_str!(concat!($folder, "/ko.ftl")),
            Language::Ru => include_str!(concat!($folder, "/ru.ftl")),
            Language::Ar => include_str!(concat!($folder, "/ar.ftl")),
            Language::Es => include_str!(concat!($folder, "/es.ftl")),
            Language::Fr => include_str!(concat!($folder, "/fr.ftl")),
        }
    };
}

/// Where the messages are. A message id is there once among all areas; a test compares the languages.
const AREAS: &[fn(Language) -> &'static str] = &[
    area!("../../../../verifier/messages"),
    area!("../../../../verifier/vocabulary"),
    area!("../../messages/frame"),
    area!("../../messages/home"),
    area!("../../messages/access"),
    area!("../../messages/accounts"),
    area!("../../messages/report"),
    area!("../../messages/findings"),
    area!("../../../desk/locales/countries"),
    area!("../../messages/verify"),
    area!("../../messages/market"),
    area!("../../messages/certificates"),
    area!("../../messages/certification"),
];

/// The words of one language.
pub struct Words {
    /// The language.
    pub language: Language,
    bundle: FluentBundle<FluentResource>,
}

/// The words of a language, read once.
pub fn words(language: Language) -> &'static Words {
    static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| Language::ALL.into_iter().map(Words::read).collect());
    let found = ALL.iter().find(|words| words.language == language);
    found.unwrap_or(&ALL[0])
}

/// Encloses, in a formatted message, the number of a placeable that is markup. Private use: no message contains them.
const HOLE: [char; 2] = ['\u{f8d0}', '\u{f8d1}'];

impl Words {
    fn read(language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        for area in AREAS {
            // A resource with an error still holds its other messages; a test reads them all.
            let resource = match FluentResource::try_new(area(language).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// A message.
    pub fn say(&self, id: &str) -> String {
        self.tell(id, &[])
    }

    /// A message with texts and numbers in its places, isolated from the direction of the sentence around them.
    pub fn tell(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.perhaps(id, &args).unwrap_or_else(|| id.to_owned())
    }

    /// A message with elements in its places, each in a `bdi`.
    pub fn weave(&self, id: &str, values: &[(&str, &dyn Render)]) -> Markup {
        let mut args = FluentArgs::new();
        for (at, (name, _)) in values.iter().enumerate() {
            args.set(*name, format!("{}{at}{}", HOLE[0], HOLE[1]));
        }
        let text = self.perhaps(id, &args).unwrap_or_else(|| id.to_owned());
        let text = text.replace(['\u{2068}', '\u{2069}'], "");
        html! {
            @for (at, part) in text.split(HOLE).enumerate() {
                // Between every two texts stands the number of a placeable.
                @if at % 2 == 0 { (part) }
                @else if let Some((_, value)) = part.parse::<usize>().ok().and_then(|n| values.get(n)) { bdi { (value) } }
            }
        }
    }

    /// Whether there is such a message.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    fn perhaps(&self, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        Some(
            self.bundle
                .format_pattern(pattern, Some(args), &mut errors)
                .into_owned(),
        )
    }
}

/// The best of the languages there are for an `Accept-Language` field (RFC 9110, 12.5.4); English where none is asked for.
pub fn negotiated(accept: &str) -> Language {
    let mut best: Option<(Language, f32)> = None;
    for range in accept.split(',').take(50) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let Some(language) = Language::of(&primary) else {
            continue;
        };
        if weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map_or(Language::En, |(language, _)| language)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The messages of a file with the placeables of each.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in source.lines() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if !line.starts_with([' ', '}']) {
                let (id, _) = line
                    .split_once(" =")
                    .unwrap_or_else(|| panic!("no message: {line}"));
                assert!(!all.contains_key(id), "{id} is there twice");
                current = id.to_owned();
            }
            let placeables = line.split("{ $").skip(1).map(|rest| {
                let end = rest.find([' ', ',']).unwrap();
                rest[..end].to_owned()
            });
            all.entry(current.clone()).or_default().extend(placeables);
        }
        all
    }

    #[test]
    fn every_language_has_every_message_with_the_same_placeables() {
        let mut ids = BTreeSet::new();
        for area in AREAS {
            let english = messages(area(Language::En));
            for id in english.keys() {
                assert!(ids.insert(id.clone()), "{id} is in two areas");
            }
            for language in Language::ALL {
                let source = area(language).to_owned();
                FluentResource::try_new(source.clone())
                    .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
                assert_eq!(messages(&source), english, "{}", language.tag());
            }
        }
        assert!(ids.len() > 100);
    }

    #[test]
    fn every_message_that_a_page_names_is_there() {
        let english = words(Language::En);
        let mut found = 0;
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages");
        let mut folders = vec![std::path::PathBuf::from(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                let is_code = |line: &&str| !line.trim_start().starts_with("//");
                let source: Vec<&str> = source.lines().filter(is_code).collect();
                // The terms of a quotation have words of their own, which `desk` holds together.
                let source = source.join("\n").replace("terms.say(", "terms.of_desk(");
                for call in ["say(\"", "tell(\"", "weave(\""] {
                    for rest in source.split(call).skip(1) {
                        let id = rest.split('"').next().unwrap();
                        let is_name = id
                            .bytes()
                            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                        if is_name && !id.is_empty() {
                            assert!(english.has(id), "{}: no message {id:?}", path.display());
                            found += 1;
                        }
                    }
                }
            }
        }
        assert!(found > 10, "{found}");
    }

    #[test]
    fn the_language_asked_for_most_is_taken() {
        for (accept, language) in [
            ("", Language::En),
            ("ko-KR,ko;q=0.9,en;q=0.8", Language::Ko),
            ("de, ar;q=0.5, fr;q=0.7", Language::Fr),
            ("AR-jo", Language::Ar),
            ("ru;q=0, es;q=0.1", Language::Es),
            ("ru;q=nonsense", Language::En),
            (",;,;;q=1", Language::En),
        ] {
            assert_eq!(negotiated(accept), language, "{accept:?}");
        }
    }

    #[test]
    fn elements_stand_in_a_message_and_text_in_them_is_escaped() {
        let woven = words(Language::En).weave("as-of", &[("time", &"<now>")]);
        assert_eq!(woven.into_string(), "as of <bdi>&lt;now&gt;</bdi>");
    }
}
