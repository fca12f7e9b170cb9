//! "Did you mean …": the known name nearest to one that is not known.

/// Longer names are not compared.
const LONGEST: usize = 100;
/// So many known names are looked at.
const MOST: usize = 400;

/// The name among `known` that `name` was probably meant to be, if one is near enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = plain(name);
    let length = wanted.chars().count();
    let reach = (length / 3).max(1);
    known
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.len() <= LONGEST && candidate.chars().count().abs_diff(length) <= reach)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Capitals and separators make no difference.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
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
