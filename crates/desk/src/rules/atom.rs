//! Changes of the law as an Atom feed (RFC 4287), one entry a change.

use border::Change;
use jiff::civil::Date;

use super::show::difference;
use crate::words::escape;

/// The feed. `made` is the day on which it was made.
///
/// `updated` is the day on which an entry last changed (RFC 4287, 4.2.15): that on which its pack was read, and never after the
/// day of the feed, since readers drop or pin an entry from the future. The day of effect, which may lie years ahead, is in title
/// and content.
pub fn atom(changes: &[Change<'_>], made: Date) -> String {
    let read = |change: &Change<'_>| change.as_of.min(made);
    let updated = changes.iter().map(read).max().unwrap_or(made);
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
             <category term=\"{}\"/>\n    <content type=\"text\">{}: {}</content>\n",
            escape(&id),
            change.country,
            change.date,
            escape(change.about),
            read(change),
            change.country,
            change.date,
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_entry_is_updated_when_its_pack_was_read_and_never_in_the_future() {
        let set = crate::rules::open(None).unwrap().set;
        let changes = set.changes(date(2020, 1, 1), Date::MAX);
        let read = changes.iter().map(|change| change.as_of).max().unwrap();
        assert!(
            changes.iter().any(|change| change.date > read),
            "some law begins after it was read"
        );
        for made in [read.tomorrow().unwrap(), date(2025, 3, 1)] {
            let feed = atom(&changes, made);
            let days = feed.split("<updated>").skip(1).map(|rest| {
                let (time, _) = rest.split_once("</updated>").unwrap();
                time.strip_suffix("T00:00:00Z").unwrap().parse::<Date>().unwrap()
            });
            assert!(days.clone().all(|day| day <= made && day <= read));
            assert_eq!(days.count(), changes.len() + 1);
        }
        // The day of effect is said in words.
        let last = changes.last().unwrap();
        let said = format!("{}: {}</content>", last.date, escape(&difference(last)));
        assert!(atom(&changes, read).contains(&said), "{said}");
    }
}
