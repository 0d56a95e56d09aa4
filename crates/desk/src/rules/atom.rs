//! Changes of the law as an Atom feed (RFC 4287), one entry a change.

use border::Change;
use jiff::civil::Date;

use super::show::difference;
use crate::words::escape;

/// The feed. `made` is the day on which it was made.
pub fn atom(changes: &[Change<'_>], made: Date) -> String {
    let updated = changes.iter().map(|change| change.date).max().unwrap_or(made);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  \
         <id>urn:carnet:rules:changes</id>\n  <title>Changes of import rules for used cars</title>\n  \
         <updated>{updated}T00:00:00Z</updated>\n  <author><name>Carnet rule packs</name></author>\n"
    );
    for change in changes {
        let kind = match change.kind {
            border::ChangeKind::Begins => "begins",
            border::ChangeKind::Ends => "ends",
        };
        let id = format!("urn:carnet:rules:{}:{}:{kind}", change.country, change.law.id);
        feed.push_str(&format!(
            "  <entry>\n    <id>{}</id>\n    <title>{} {}: {}</title>\n    <updated>{}T00:00:00Z</updated>\n    \
             <category term=\"{}\"/>\n    <content type=\"text\">{}</content>\n",
            escape(&id),
            change.country,
            change.date,
            escape(change.about),
            change.date,
            change.country,
            escape(&difference(change)),
        ));
        for source in change.law.sources.iter().filter(|source| source.contains("://")) {
            feed.push_str(&format!(
                "    <link rel=\"related\" href=\"{}\"/>\n",
                escape(source)
            ));
        }
        feed.push_str("  </entry>\n");
    }
    feed.push_str("</feed>\n");
    feed
}
