//! What stands where, and what is said, in every language. Looked at in the draft, so that no viewer of PDFs is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;

use crate::draft::{Child, Draft, Frame, Group, Mark, PAGE_WIDTH, Role};
use crate::language::Words;
use crate::phrases::advice;
use crate::press::{FOOT, MARGIN};
use crate::sheet::{CheckKind, Obstacle, Outcome, Sheet};
use crate::text::{Align, Face, Typesetter};
use crate::{Language, RenderError, draft};

fn drafted(sheet: &Sheet) -> Draft {
    let words = Words::new(sheet.language).unwrap();
    let hash = "9f87c79fe1af7496117bc4dd69a5387308a6b7bbdf513561aaa925ba93fabd49";
    draft(sheet, &words, hash).unwrap_or_else(|e| panic!("{:?}: {e}", sheet.language))
}

/// Where each text of a page stands, as wide as its longest line.
fn texts(draft: &Draft, page: usize, mirrored: bool) -> Vec<(String, Frame)> {
    draft.pages[page]
        .iter()
        .flat_map(|leaf| &leaf.marks)
        .filter_map(|mark| match mark {
            Mark::Text { block, x, y } => {
                let left = block
                    .lines
                    .iter()
                    .flat_map(|line| line.runs.first())
                    .map(|run| run.x)
                    .fold(f32::INFINITY, f32::min);
                let column = Frame::new(*x, *y, block.width, block.height);
                let column = if mirrored { column.mirrored() } else { column };
                let frame = Frame::new(column.x + left, *y, block.longest, block.height);
                Some((block.text.clone(), frame))
            }
            _ => None,
        })
        .collect()
}

fn overlap(a: Frame, b: Frame) -> bool {
    // Lines carry their leading with them, so that touching by a point is still air.
    const AIR: f32 = 1.0;
    a.x + AIR < b.right() && b.x + AIR < a.right() && a.y + AIR < b.bottom() && b.y + AIR < a.bottom()
}

#[test]
fn no_text_overlaps_another_or_leaves_the_page_in_any_language_even_with_long_names() {
    for language in Language::ALL {
        let crowded = [Outcome::Watch, Outcome::Fail, Outcome::NotMeasured].map(|outcome| {
            let mut sheet = sample::crowded(language);
            for check in &mut sheet.checks {
                check.outcome = outcome;
            }
            sheet
        });
        for sheet in std::iter::once(&sample::sheet(language)).chain(&crowded) {
            let draft = drafted(sheet);
            for page in 0..2 {
                let texts = texts(&draft, page, language.is_right_to_left());
                assert!(texts.len() > 30, "{language:?}: {} texts", texts.len());
                for (i, (text, frame)) in texts.iter().enumerate() {
                    assert!(
                        frame.x >= MARGIN - 0.5 && frame.right() <= PAGE_WIDTH - MARGIN + 0.5,
                        "{language:?} page {}: \"{text}\" stands from {} to {}",
                        page + 1,
                        frame.x,
                        frame.right()
                    );
                    let foot = frame.y >= FOOT;
                    assert!(
                        foot || frame.bottom() <= FOOT,
                        "{language:?} page {}: \"{text}\" reaches into the foot",
                        page + 1
                    );
                    for (other, beside) in &texts[i + 1..] {
                        assert!(
                            !overlap(*frame, *beside),
                            "{language:?} page {}: \"{text}\" {frame:?} overlaps \"{other}\" {beside:?}",
                            page + 1
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_text_in_reading_order_is_what_a_reviewer_approved() {
    for language in Language::ALL {
        let mut draft = drafted(&sample::sheet(language));
        let tree = draft.tree();
        let mut text = String::new();
        outline(&draft, &tree, 0, &mut text);
        insta::with_settings!({ snapshot_path => "../tests/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(language.tag(), text);
        });
    }
}

/// The document as it is read out: one line for each text, indented by its depth, pictures by their description.
fn outline(draft: &Draft, group: &Group, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    if let Role::Figure { alt, .. } = &group.role {
        out.push_str(&format!("{indent}[{}]\n", plain(alt)));
        return;
    }
    for child in &group.children {
        match child {
            Child::Group(inner) => {
                let deeper = matches!(inner.role, Role::Section);
                outline(draft, inner, depth + usize::from(deeper), out);
            }
            &Child::Leaf { page, leaf } => {
                for mark in &draft.pages[page][leaf].marks {
                    if let Mark::Text { block, .. } = mark {
                        out.push_str(&format!("{indent}{}\n", plain(&block.text)));
                    }
                }
            }
        }
    }
}

fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ")
}

#[test]
fn a_check_that_was_not_measured_says_what_to_do() {
    let draft = drafted(&sample::sheet(Language::English));
    let says = |words: &str| texts(&draft, 1, false).iter().any(|(text, _)| text == words);
    assert!(says(
        "Log six hours or more at rest, with the highest and the lowest cell voltage."
    ));
}

#[test]
fn what_to_do_is_said_in_the_words_of_the_assessment_where_the_page_has_none() {
    const OWN: &str = "have the logger sealed";
    for (outcome, said) in [(Outcome::NotMeasured, true), (Outcome::Watch, false)] {
        let mut sheet = sample::sheet(Language::Arabic);
        for check in &mut sheet.checks {
            if check.kind == CheckKind::Tampering {
                check.outcome = outcome;
                check.action = Some(OWN.to_owned());
            }
        }
        let texts = texts(&drafted(&sheet), 1, true);
        let says = texts.iter().any(|(text, _)| plain(text) == OWN);
        assert_eq!(says, said, "{outcome:?}");
    }
}

#[test]
fn in_arabic_every_percent_sign_stands_on_the_same_side_of_its_number() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/messages/ar.ftl")).unwrap();
    let said = source.lines().filter(|line| !line.starts_with('#'));
    let bare: Vec<&str> = said
        .filter(|line| line.matches('%').count() != line.matches("%{\"\\u2069\"}").count())
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
    let draft = drafted(&sample::sheet(Language::Arabic));
    let mut signs = 0;
    for page in 0..draft.pages.len() {
        for (text, _) in texts(&draft, page, true) {
            for (at, _) in text.match_indices('%') {
                signs += 1;
                let before = &text[..at];
                let isolated = before.matches('\u{2068}').count() > before.matches('\u{2069}').count();
                assert!(isolated, "{text:?}");
            }
        }
    }
    assert!(signs > 10, "{signs}");
}

#[test]
fn no_line_ends_between_a_number_and_its_percent_sign() {
    for language in Language::ALL {
        let path = format!("{}/messages/{}.ftl", env!("CARGO_MANIFEST_DIR"), language.tag());
        let source = std::fs::read_to_string(path).unwrap();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            for unit in ["%", "pp", "п"] {
                let parted = (line.match_indices(&format!(" {unit}")))
                    .any(|(at, _)| line[..at].ends_with(|c: char| c.is_ascii_digit()));
                assert!(!parted, "{language:?}: {line}");
            }
        }
    }
}

#[test]
fn every_language_has_the_same_messages_with_the_same_places() {
    let english = messages(Language::English);
    assert!(english.len() > 100);
    for language in Language::ALL {
        let own = messages(language);
        let missing: Vec<_> = english.difference(&own).collect();
        let surplus: Vec<_> = own.difference(&english).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "{language:?} lacks {missing:?} and has {surplus:?}"
        );
    }
}

/// Each message's identifier together with the places it has.
fn messages(language: Language) -> BTreeSet<(String, BTreeSet<String>)> {
    let source = std::fs::read_to_string(format!(
        "{}/messages/{}.ftl",
        env!("CARGO_MANIFEST_DIR"),
        language.tag()
    ))
    .unwrap();
    let resource = FluentResource::try_new(source).unwrap_or_else(|(_, e)| panic!("{language:?}: {e:?}"));
    resource
        .entries()
        .filter_map(|entry| {
            let entry = format!("{entry:?}");
            // The syntax tree is not public in detail; its printed form names messages and variables.
            let id = entry
                .strip_prefix("Message(Message { id: Identifier { name: \"")?
                .split('"')
                .next()?
                .to_owned();
            let places = entry
                .split("VariableReference { id: Identifier { name: \"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned)
                .collect();
            Some((id, places))
        })
        .collect()
}

#[test]
fn every_kind_of_check_and_obstacle_has_its_words() {
    const OUTCOMES: [Outcome; 5] = [
        Outcome::Pass,
        Outcome::Watch,
        Outcome::Fail,
        Outcome::NotMeasured,
        Outcome::Stated,
    ];
    const IDS: [&str; 14] = [
        "cell_spread",
        "temperature_spread",
        "temperature_highest",
        "isolation",
        "self_discharge",
        "cell_limits",
        "hv_dtcs",
        "recalls",
        "soc_definition",
        "reported_soh",
        "battery_history",
        "second_meter",
        "tampering",
        "computation",
    ];
    const OBSTACLES: [Obstacle; 8] = [
        Obstacle::SocTooHigh,
        Obstacle::SocTooLow,
        Obstacle::Damaged,
        Obstacle::HighVoltageFault,
        Obstacle::IsolationTooLow,
        Obstacle::TestSummaryMissing,
        Obstacle::NotMeasured,
        Obstacle::Watched,
    ];
    for language in Language::ALL {
        let words = Words::new(language).unwrap();
        for id in IDS {
            let kind = CheckKind::from_id(id).unwrap();
            let key = kind.key();
            words.say(&format!("check-{key}")).unwrap();
            for outcome in OUTCOMES {
                if let Some(id) = advice(kind, outcome) {
                    words.say(&id).unwrap();
                }
            }
        }
        for obstacle in OBSTACLES {
            words.say(&format!("obstacle-{}", obstacle.key())).unwrap();
        }
    }
}

#[test]
fn every_message_of_every_language_can_be_printed() {
    for language in Language::ALL {
        let mut setter = Typesetter::new(language.is_right_to_left());
        let source = std::fs::read_to_string(format!(
            "{}/messages/{}.ftl",
            env!("CARGO_MANIFEST_DIR"),
            language.tag()
        ))
        .unwrap();
        let text: String = source
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join(" ");
        for bold in [false, true] {
            let face = Face {
                size: 9.0,
                bold,
                ink: crate::ink::Ink::BLACK,
                align: Align::Start,
            };
            setter
                .set(&text, face, 500.0)
                .unwrap_or_else(|e| panic!("{language:?}: {e}"));
        }
    }
}

#[test]
fn a_character_without_a_glyph_is_refused_by_name() {
    let mut sheet = sample::sheet(Language::Korean);
    sheet.people.decided.name = "金하늘 ไท".to_owned();
    let words = Words::new(Language::Korean).unwrap();
    let Err(RenderError::MissingGlyphs { characters, text }) = draft(&sheet, &words, "00") else {
        panic!("printed without a glyph");
    };
    assert_eq!(characters, "金 (U+91D1), ไ (U+0E44), ท (U+0E17)");
    assert!(text.starts_with("金하늘 ไท"), "{text}");
}

#[test]
fn every_hangul_syllable_can_be_printed_in_a_name() {
    let syllables: String = ('\u{AC00}'..='\u{D7A3}').collect();
    let mut setter = Typesetter::new(false);
    for face in [
        Face::new(9.0, crate::ink::Ink::BLACK),
        Face::new(9.0, crate::ink::Ink::BLACK).bold(),
    ] {
        setter.set(&syllables, face, 500.0).unwrap();
    }
}

#[test]
fn arabic_letters_are_joined_and_run_from_right_to_left() {
    let mut setter = Typesetter::new(true);
    let face = Face::new(10.0, crate::ink::Ink::BLACK);
    // Beh in four places: alone, and first, middle and last of a word, each with a shape of its own.
    let alone = setter.set("ب", face, 200.0).unwrap();
    let word = setter.set("ببب", face, 200.0).unwrap();
    let glyphs = |block: &crate::text::Block| -> Vec<u32> {
        block.lines[0].runs[0]
            .glyphs
            .iter()
            .map(|glyph| krilla::text::Glyph::glyph_id(glyph).to_u32())
            .collect()
    };
    let shapes: BTreeSet<u32> = glyphs(&word).into_iter().chain(glyphs(&alone)).collect();
    assert!(shapes.len() >= 4, "{shapes:?}");
    let first = &word.lines[0].runs[0].glyphs[0];
    assert_eq!(
        krilla::text::Glyph::text_range(first),
        4..6,
        "what is read last stands leftmost"
    );
}
