//! What a mistyped name may have meant: the nearest of the names that there are.

/// Names that an error shows.
const SHOWN: usize = 5;
/// Characters of a name that are compared; a session may have thousands of names of any length.
const COMPARED: usize = 64;

/// "there is: a, b" for a few names, "the nearest of 1,512: a, b, c" for many, "there is none".
pub(crate) fn nearest(asked: &str, names: impl Iterator<Item = String>) -> String {
    let asked = folded(asked);
    let mut names: Vec<(usize, String)> = names.map(|name| (distance(&asked, &folded(&name)), name)).collect();
    let n = names.len();
    if n > SHOWN {
        names.sort();
        names.truncate(SHOWN);
    }
    let listed = names.into_iter().map(|(_, name)| short(&name)).collect::<Vec<_>>().join(", ");
    match n {
        0 => "there is none".to_owned(),
        n if n > SHOWN => format!("the nearest of {n}: {listed}"),
        _ => format!("there is: {listed}"),
    }
}

fn folded(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).take(COMPARED).collect()
}

fn short(name: &str) -> String {
    match name.char_indices().nth(COMPARED) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", &name[..end]),
    }
}

/// How many letters must be put in, taken out or changed; less where one name begins or holds the other.
fn distance(asked: &[char], name: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (i, letter) in asked.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in name.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    let letters = row[name.len()] * 2;
    let holds = !asked.is_empty() && name.windows(asked.len()).any(|part| part == asked);
    if holds { letters.min(3) } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(asked: &str, names: &[&str]) -> String {
        nearest(asked, names.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn a_few_names_are_all_said_and_many_by_nearness() {
        assert_eq!(of("x", &[]), "there is none");
        assert_eq!(of("x", &["b", "a"]), "there is: b, a");
        let many = ["Nuclei_Area", "Cells_Count", "Cells_Area", "Cell_Counts", "Cyto_Area", "ER_Mean", "DNA_Mean"];
        assert!(
            of("cells_count", &many).starts_with("the nearest of 7: Cells_Count, "),
            "{}",
            of("cells_count", &many)
        );
        assert!(of("Cels_Cuont", &many).contains(": Cells_Count, "));
        assert!(of("mean", &many).contains(": DNA_Mean, ER_Mean, "), "a part of a name finds it");
    }

    #[test]
    fn enormous_names_are_cut() {
        let names: Vec<String> = (0..50).map(|i| format!("{}{i}", "ש".repeat(100_000))).collect();
        assert!(nearest("x", names.into_iter()).chars().count() < 400);
        assert!(of(&"é".repeat(1000), &["a"]).contains("there is: a"));
    }
}
