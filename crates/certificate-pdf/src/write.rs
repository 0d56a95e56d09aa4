//! A draft becomes a PDF: PDF/A-3a and PDF/UA-1, tagged, with the credential as an associated file. Everything that could
//! differ from run to run (date, identifier, producer) comes from the sheet.

use std::collections::HashMap;
use std::num::NonZeroU16;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::error::KrillaError;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{BBox, Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};

use crate::draft::{Child, Draft, Frame, Group, PAGE_HEIGHT, PAGE_WIDTH, Role};
use crate::fonts;
use crate::language::Words;
use crate::pen::{Pen, rect};
use crate::sheet::Sheet;
use crate::{CREDENTIAL_NAME, CREDENTIAL_TYPE, RenderError};

/// Which leaf of which page.
type Place = (usize, usize);

/// Writes the file.
pub(crate) fn pdf(
    mut draft: Draft,
    sheet: &Sheet,
    words: &Words,
    credential_sha256: &str,
) -> Result<Vec<u8>, RenderError> {
    let broken = |what: &str| RenderError::Pdf(what.to_owned());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| broken("PDF/A-3a and PDF/UA-1 do not go together"))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let fonts = fonts::for_writing()?;
    let mirrored = words.language.is_right_to_left();
    let tree = draft.tree();
    let links = links(&tree);
    let mut identifiers: HashMap<Place, Vec<Identifier>> = HashMap::new();
    let mut annotations: HashMap<Place, Identifier> = HashMap::new();

    for (number, leaves) in draft.pages.iter().enumerate() {
        let settings =
            PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or_else(|| broken("the page has no size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for (i, leaf) in leaves.iter().enumerate() {
            let mut pen = Pen {
                surface: &mut surface,
                fonts: &fonts,
                mirrored,
            };
            identifiers.insert((number, i), pen.leaf(leaf)?);
        }
        surface.finish();
        for link in links.iter().filter(|link| link.place.0 == number) {
            let frame = if mirrored {
                link.frame.mirrored()
            } else {
                link.frame
            };
            let target = Target::Action(Action::Link(LinkAction::new(link.url.clone())));
            let annotation =
                Annotation::new_link(LinkAnnotation::new(rect(frame)?, target), Some(link.url.clone()));
            annotations.insert(link.place, page.add_tagged_annotation(annotation));
        }
        page.finish();
    }

    let mut writer = TreeWriter {
        identifiers,
        annotations,
        mirrored,
        outline: Outline::new(),
    };
    let mut tags = TagTree::new().with_lang(Some(words.language.tag().to_owned()));
    for child in &tree.children {
        if let Child::Group(group) = child {
            tags.push(writer.group(group)?);
        }
    }
    document.set_outline(writer.outline);
    document.set_tag_tree(tags);

    let date = date_time(sheet.issued_at);
    document.set_metadata(
        Metadata::new()
            .title(format!("{} {}", words.say("title")?, sheet.number))
            .description(words.say("subtitle")?)
            .authors(vec![sheet.issuer.name.clone()])
            .creator("Carnet".to_owned())
            .producer("Carnet".to_owned())
            .language(words.language.tag().to_owned())
            .text_direction(if mirrored {
                TextDirection::RightToLeft
            } else {
                TextDirection::LeftToRight
            })
            .creation_date(date)
            .document_id(format!("{credential_sha256}-{}", words.language.tag())),
    );
    document
        .embed_file(EmbeddedFile {
            path: CREDENTIAL_NAME.to_owned(),
            mime_type: MimeType::new(CREDENTIAL_TYPE),
            description: Some("The signed credential that these pages stand for".to_owned()),
            association_kind: AssociationKind::Data,
            data: sheet.credential.clone().into(),
            modification_date: Some(date),
            compress: Some(true),
            location: None,
        })
        .ok_or_else(|| broken("the credential cannot be embedded"))?;
    let file = document.finish().map_err(|error| match error {
        KrillaError::Validation(errors) => RenderError::Pdf(format!(
            "{:?}",
            errors.into_iter().map(|(error, _)| error).collect::<Vec<_>>()
        )),
        other => RenderError::Pdf(other.to_string()),
    })?;
    Ok(without_suspects(file))
}

/// Leaves out that no tag is suspect, which is so where nothing says otherwise (ISO 32000-1, Table 321): poppler up to at least 22.12
/// calls the word `false` there an object of the wrong type, and people take the file for broken. Blanks take its place, so that
/// nothing in the file moves.
fn without_suspects(mut file: Vec<u8>) -> Vec<u8> {
    const MARKED: &[u8] = b"/MarkInfo<</Marked true";
    const SUSPECTS: &[u8] = b"/Suspects false";
    // The catalogue is written last; what stands before may be anybody's words.
    let marked = file.windows(MARKED.len()).rposition(|part| part == MARKED);
    if let Some(at) = marked
        && let Some(word) = file.get_mut(at + MARKED.len()..at + MARKED.len() + SUSPECTS.len())
        && word == SUSPECTS
    {
        word.fill(b' ');
    }
    file
}

/// A link of the draft: the leaf that shows it, where, and where to.
struct LinkAt {
    place: Place,
    frame: Frame,
    url: String,
}

fn links(group: &Group) -> Vec<LinkAt> {
    let mut found = Vec::new();
    for child in &group.children {
        match (child, &group.role) {
            (&Child::Leaf { page, leaf }, Role::Link { url, frame }) => found.push(LinkAt {
                place: (page, leaf),
                frame: *frame,
                url: url.clone(),
            }),
            (Child::Group(group), _) => found.extend(links(group)),
            (Child::Leaf { .. }, _) => {}
        }
    }
    found
}

/// Turns the tree of the draft into the one of the file.
struct TreeWriter {
    identifiers: HashMap<Place, Vec<Identifier>>,
    annotations: HashMap<Place, Identifier>,
    mirrored: bool,
    outline: Outline,
}

impl TreeWriter {
    fn group(&mut self, group: &Group) -> Result<TagGroup, RenderError> {
        let place = first_leaf(group);
        let mut tags = TagGroup::new(self.tag(&group.role, place)?);
        for child in &group.children {
            match child {
                Child::Group(inner) => tags.push(self.group(inner)?),
                &Child::Leaf { page, leaf } => {
                    for identifier in self.identifiers.remove(&(page, leaf)).unwrap_or_default() {
                        tags.push(identifier);
                    }
                    if let Some(annotation) = self.annotations.remove(&(page, leaf)) {
                        tags.push(annotation);
                    }
                }
            }
        }
        Ok(tags)
    }

    fn tag(&mut self, role: &Role, place: Option<Place>) -> Result<TagKind, RenderError> {
        Ok(match role {
            Role::Document | Role::Section => Tag::Section.into(),
            Role::Heading { level, title } => {
                let page = place.map_or(0, |(page, _)| page);
                self.outline.push_child(OutlineNode::new(
                    title.clone(),
                    XyzDestination::new(page, Point::from_xy(0.0, 0.0)),
                ));
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                Tag::Hn(level, Some(title.clone())).into()
            }
            Role::Paragraph => Tag::P.into(),
            Role::Table => Tag::Table.into(),
            Role::TableHead => Tag::THead.into(),
            Role::TableBody => Tag::TBody.into(),
            Role::Row => Tag::TR.into(),
            Role::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Role::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Role::Cell => Tag::TD.into(),
            Role::List => Tag::L(ListNumbering::Decimal).into(),
            Role::Item => Tag::LI.into(),
            Role::ItemLabel => Tag::Lbl.into(),
            Role::ItemBody => Tag::LBody.into(),
            Role::Figure { alt, frame } => {
                let frame = if self.mirrored { frame.mirrored() } else { *frame };
                let page = place.map_or(0, |(page, _)| page);
                Tag::Figure(Some(readable(alt)))
                    .with_bbox(Some(BBox::new(page, rect(frame)?)))
                    .into()
            }
            Role::Link { .. } => Tag::Link.into(),
        })
    }
}

/// The first leaf of a group, which says on which page it begins.
fn first_leaf(group: &Group) -> Option<Place> {
    group.children.iter().find_map(|child| match child {
        &Child::Leaf { page, leaf } => Some((page, leaf)),
        Child::Group(group) => first_leaf(group),
    })
}

/// A text that is read out has no use for the marks that hold quantities together on paper.
fn readable(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// The instant in UTC.
fn date_time(at: jiff::Timestamp) -> DateTime {
    let at = at.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    DateTime::new(at.year().unsigned_abs())
        .month(at.month().unsigned_abs())
        .day(at.day().unsigned_abs())
        .hour(at.hour().unsigned_abs())
        .minute(at.minute().unsigned_abs())
        .second(at.second().unsigned_abs())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
