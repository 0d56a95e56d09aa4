/// The candidate a person most likely meant: at most a third of its letters wrong, and none when nothing is near.
pub(crate) fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words are no typing error of ours, and the distance costs the product of both lengths.
    if given.len() > 80 {
        return None;
    }
    candidates
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (row, in_a) in a.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut left = row + 1;
        for ((in_b, up_left), up) in b.iter().zip(&previous).zip(previous.iter().skip(1)) {
            left = (left + 1).min(up + 1).min(up_left + usize::from(in_a != *in_b));
            current.push(left);
        }
        previous = current;
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_the_word_and_nonsense_finds_none() {
        let words = ["odometer.read", "odometer.serviced", "sale.sold"];
        assert_eq!(nearest("odometr.read", words.into_iter()), Some("odometer.read"));
        assert_eq!(nearest("weather", words.into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
