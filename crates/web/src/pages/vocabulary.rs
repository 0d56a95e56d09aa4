//! What the fields of statements and their closed values are called in the language of a page. The words are those of
//! `verifier/vocabulary/`, which the checking page uses too; a test holds that none is missing in any language.

use statement::vocabulary::StatementType;

use super::language::Words;

/// A field's name. `path` is that of the vocabulary, `/panels/*/no`.
pub fn field(words: &Words, typ: StatementType, path: &str) -> Option<String> {
    let steps: Vec<&str> = path
        .split('/')
        .filter(|step| !matches!(*step, "" | "*"))
        .collect();
    let own = format!("field-{}-{}", typ.as_str().replace('.', "-"), steps.join("-"));
    first(words, &[own, format!("field-{}", steps.last()?)])
}

/// A word of a closed list, by the name of the field that holds it.
pub fn word(words: &Words, field: &str, word: &str) -> Option<String> {
    let word = word.to_ascii_lowercase();
    first(words, &[format!("value-{field}-{word}"), format!("value-{word}")])
}

/// A part of the car, by its number on Form 82.
pub fn part(words: &Words, number: u64) -> Option<String> {
    first(words, &[format!("part-{number}")])
}

fn first(words: &Words, ids: &[String]) -> Option<String> {
    ids.iter().find(|id| words.has(id)).map(|id| words.say(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use desk::words::Language;
    use statement::form82::Part;
    use statement::vocabulary::Field;

    use super::*;
    use crate::pages::language::words;

    const TRANSLATED: [Language; 5] = [
        Language::Ko,
        Language::Ru,
        Language::Ar,
        Language::Es,
        Language::Fr,
    ];

    fn fields() -> impl Iterator<Item = (StatementType, &'static Field)> {
        let of = |typ: &StatementType| typ.fields().iter().map(|field| (*typ, field)).collect::<Vec<_>>();
        StatementType::ALL.iter().flat_map(of)
    }

    fn name(field: &Field) -> &str {
        field.path.rsplit('/').next().unwrap()
    }

    /// Where a language writes the very word of English, and why that is right.
    fn is_the_same_word(language: Language, english: &str) -> bool {
        match english {
            // Marks and units are written alike everywhere.
            "A" | "B" | "C" | "D" | "E" | "km" | "mi" => true,
            // Korean forms write the abbreviation.
            "LPG" => language == Language::Ko,
            // Latin words that Spanish has letter by letter.
            "Inspector" | "exterior" | "interior" | "manual" | "no" => language == Language::Es,
            // As French has these.
            "Cause" | "accident" | "corrosion (C)" | "police" | "suspension" => language == Language::Fr,
            "taxi" => matches!(language, Language::Es | Language::Fr),
            _ => false,
        }
    }

    #[test]
    fn every_field_has_a_name_in_every_language() {
        let mut seen = 0;
        for (typ, known) in fields() {
            let english = field(words(Language::En), typ, &known.path).unwrap_or_default();
            for language in TRANSLATED {
                let said = field(words(language), typ, &known.path)
                    .unwrap_or_else(|| panic!("{typ}{} has no name in {}", known.path, language.tag()));
                assert!(
                    said != english || is_the_same_word(language, &english),
                    "{typ}{} is English in {}: {said}",
                    known.path,
                    language.tag()
                );
            }
            seen += 1;
        }
        assert!(seen > 400, "{seen}");
    }

    #[test]
    fn every_word_of_a_closed_list_has_a_name_in_every_language() {
        let mut seen = 0;
        for (typ, known) in fields() {
            for value in &known.words {
                let english = word(words(Language::En), name(known), value)
                    .unwrap_or_else(|| panic!("{typ}{} {value} has no name in English", known.path));
                for language in TRANSLATED {
                    let said = word(words(language), name(known), value).unwrap_or_else(|| {
                        panic!("{typ}{} {value} has no name in {}", known.path, language.tag())
                    });
                    assert!(
                        said != english || is_the_same_word(language, &english),
                        "{typ}{} {value} is English in {}: {said}",
                        known.path,
                        language.tag()
                    );
                }
                seen += 1;
            }
        }
        assert!(seen > 500, "{seen}");
    }

    #[test]
    fn korean_and_english_names_of_fields_are_those_of_the_schemas() {
        for (typ, known) in fields() {
            let named = |language| field(words(language), typ, &known.path).unwrap_or_default();
            assert_eq!(named(Language::En), known.label_en, "{typ}{}", known.path);
            assert_eq!(named(Language::Ko), known.label_ko, "{typ}{}", known.path);
        }
    }

    #[test]
    fn the_parts_of_form_82_have_the_words_of_the_form() {
        for known in Part::all() {
            let named = |language| part(words(language), known.number().into()).unwrap();
            assert_eq!(named(Language::En), known.label_en());
            assert_eq!(named(Language::Ko), known.label_ko());
            for language in TRANSLATED {
                assert_ne!(
                    named(language),
                    known.label_en(),
                    "{} {}",
                    language.tag(),
                    known.number()
                );
            }
        }
        assert_eq!(part(words(Language::En), 20), None);
    }

    #[test]
    fn no_name_is_there_that_nothing_is_called_by() {
        let mut used = BTreeSet::new();
        let english = words(Language::En);
        for (typ, known) in fields() {
            let own = known.path.replace("/*", "").replace('/', "-");
            let own = format!("field-{}{own}", typ.as_str().replace('.', "-"));
            used.insert(if english.has(&own) {
                own
            } else {
                format!("field-{}", name(known))
            });
            for value in &known.words {
                let value = value.to_ascii_lowercase();
                let own = format!("value-{}-{value}", name(known));
                used.insert(if english.has(&own) {
                    own
                } else {
                    format!("value-{value}")
                });
            }
        }
        used.extend(Part::all().map(|part| format!("part-{}", part.number())));
        let source = include_str!("../../../../verifier/vocabulary/en.ftl");
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" = ") {
                assert!(used.contains(id), "nothing is called by {id}");
            }
        }
    }

    #[test]
    fn a_name_of_the_type_goes_before_the_name_that_many_types_share() {
        let english = words(Language::En);
        let said = |typ, path| field(english, typ, path).unwrap();
        assert_eq!(said(StatementType::ExportLoaded, "/port"), "Port of loading");
        assert_eq!(said(StatementType::ExportArrived, "/port"), "Port of arrival");
        assert_eq!(word(english, "water_line", "roof").unwrap(), "roof");
        assert_eq!(
            word(words(Language::Ru), "water_line", "roof").unwrap(),
            "по крышу"
        );
        assert_eq!(word(words(Language::Ru), "areas", "roof").unwrap(), "крыша");
        assert_eq!(word(english, "remarks", "nothing that is closed"), None);
    }
}
