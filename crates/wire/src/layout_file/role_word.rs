//! The words that people write for roles: a fixed table, and nothing beside it is guessed.

use plate::Role;

/// Every word and its role, in lower case without spaces, dots, dashes and underscores. `control` is not among them: it
/// does not say which.
pub const ROLE_WORDS: [(Role, &[&str]); 5] = [
    (
        Role::Negative,
        &[
            "negative",
            "neg",
            "negcon",
            "negctrl",
            "negativecontrol",
            "negcontrol",
            "dmso",
            "vehicle",
            "solvent",
            "untreated",
            "mock",
        ],
    ),
    (
        Role::Positive,
        // The last three are JUMP's kinds of positive control.
        &[
            "positive",
            "pos",
            "poscon",
            "posctrl",
            "positivecontrol",
            "poscontrol",
            "posconcp",
            "poscondiverse",
            "posconorf",
        ],
    ),
    (
        Role::Reference,
        &["reference", "ref", "refcon", "referencecontrol", "refcontrol", "refctrl", "pos2", "positive2"],
    ),
    (Role::Sample, &["sample", "samples", "trt", "treatment", "treated", "test", "compound"]),
    (Role::Empty, &["empty", "blank", "buffer", "unused", "background"]),
];

/// The role that a word stands for.
#[must_use]
pub fn role_of_word(word: &str) -> Option<Role> {
    let word: String =
        word.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.')).flat_map(char::to_lowercase).collect();
    ROLE_WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(role, _)| *role)
}

/// The table as one sentence, for whoever wrote another word.
pub(crate) fn known_words() -> String {
    let of = |(role, words): &(Role, &[&str])| format!("{role}: {}", words.join(", "));
    ROLE_WORDS.iter().map(of).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_however_they_are_written() {
        for (word, role) in [
            ("negcon", Role::Negative),
            ("Neg. Control", Role::Negative),
            ("DMSO", Role::Negative),
            ("poscon_cp", Role::Positive),
            ("POS", Role::Positive),
            ("ref", Role::Reference),
            ("pos2", Role::Reference),
            ("trt", Role::Sample),
            ("Buffer", Role::Empty),
        ] {
            assert_eq!(role_of_word(word), Some(role), "{word}");
        }
        for word in ["control", "", "n", "positive!", "nég"] {
            assert_eq!(role_of_word(word), None, "{word}");
        }
    }

    #[test]
    fn every_word_has_one_role_and_the_roles_own_words_are_among_them() {
        let all: Vec<&str> = ROLE_WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        for (at, word) in all.iter().enumerate() {
            assert!(!all[..at].contains(word), "{word} stands twice");
        }
        for role in Role::ALL {
            assert_eq!(role_of_word(role.as_str()), Some(role));
        }
    }
}
