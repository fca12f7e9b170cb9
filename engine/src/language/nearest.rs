//! "Did you mean …": the known name nearest to one that is not known.

/// Longer names are not compared.
const LONGEST: usize = 100;
/// So many known names are looked at.
const MOST: usize = 400;

/// The name among `known` that `name` was probably meant to be, if one is near enough. A slip of one letter comes first, then a
/// name of which only the beginning or the end was written, then what is a few letters off.
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
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| {
            let plain = plain(candidate);
            if is_part(&wanted, &plain) {
                return Some((PART, candidate));
            }
            let is_close = plain.chars().count().abs_diff(length) <= reach;
            let distance = if is_close { strsim::damerau_levenshtein(&wanted, &plain) } else { usize::MAX };
            (distance <= reach).then(|| (distance * 2, candidate))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, candidate)| candidate)
}

/// How far a name is of which whole words are missing: between one letter and two, each of which counts twice.
const PART: usize = 3;

/// Whether a name is the beginning or the end of another, in whole words.
fn is_part(name: &str, whole: &str) -> bool {
    let missing = whole.strip_prefix(name).map(|rest| rest.starts_with('_'));
    let missing = missing.or_else(|| whole.strip_suffix(name).map(|rest| rest.ends_with('_')));
    name.len() > 1 && missing == Some(true)
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

    #[test]
    fn finds_a_name_of_which_a_part_is_written() {
        let cases = [
            ("business", &["busy", "business_entity"][..], Some("business_entity")),
            ("config.business", &["config.site", "config.business_entity"], Some("config.business_entity")),
            ("id", &["invoice_id", "limit"], Some("invoice_id")),
            ("user", &["user_name", "users"], Some("users")),
            ("in", &["minimum", "begin"], None),
        ];
        for (name, known, wanted) in cases {
            assert_eq!(nearest(name, known.iter().copied()), wanted, "{name}");
        }
    }
}
