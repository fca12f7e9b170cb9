//! "Did you mean …": the known name nearest to one that is not known.

/// The name among `known` that `name` was probably meant to be, if one is near enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let reach = (wanted.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance, where a plural `s` and a different separator cost nothing much.
fn distance(a: &str, b: &str) -> usize {
    let plain = |text: &str| text.replace(['-', ' '], "_");
    strsim::damerau_levenshtein(&plain(a), &plain(b))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_a_slip_and_not_a_stranger() {
        let known = ["pagination", "params", "records"];
        assert_eq!(nearest("paginaton", known), Some("pagination"));
        assert_eq!(nearest("Param", known), Some("params"));
        assert_eq!(nearest("zebra", known), None);
    }
}
