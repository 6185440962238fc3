//! Names that strangers gave, made fit to be drawn: cleaned, cut to the room there is, broken into lines.

use crate::font::Fonts;

/// Longest name that is looked at, in characters; no line has room for more.
const LONGEST: usize = 400;

/// A stranger's text without what XML refuses or what would turn the writing around it: those become U+FFFD. A text with
/// letters that run from right to left stands in isolates, so that it turns nothing beside it.
pub(crate) fn clean(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).map(|c| if is_refused(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    if shown.chars().any(runs_leftwards) { format!("\u{2068}{shown}\u{2069}") } else { shown }
}

fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (c as u32) & 0xfffe == 0xfffe
}

fn runs_leftwards(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Room for a reader's own font in place of Inter, as a share of the width: DejaVu Sans, the widest of the usual ones.
const SUBSTITUTE: f64 = 1.1;
const BOLD_SUBSTITUTE: f64 = 1.22;

/// How a text is measured: generously, for an SVG is drawn with the fonts that its reader has.
#[derive(Clone, Copy)]
pub(crate) struct Ruler<'f> {
    pub(crate) fonts: &'f Fonts,
    /// Pixels an em.
    pub(crate) size: f64,
    pub(crate) is_bold: bool,
}

impl Ruler<'_> {
    pub(crate) fn width(&self, text: &str) -> f64 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    fn advance(&self, letter: char) -> f64 {
        let substitute = if self.is_bold { BOLD_SUBSTITUTE } else { SUBSTITUTE };
        self.fonts.advance(letter, self.is_bold) * self.size * substitute
    }

    /// The text, or as much of its beginning as has room with an ellipsis.
    pub(crate) fn fit(&self, text: &str, room: f64) -> String {
        if self.width(text) <= room {
            return text.to_owned();
        }
        let mut left = room - self.width("…");
        let mut kept = String::new();
        for letter in text.chars() {
            left -= self.advance(letter);
            if left < 0.0 {
                break;
            }
            kept.push(letter);
        }
        // An isolate that was opened ends here.
        let is_open = kept.starts_with('\u{2068}') && !kept.ends_with('\u{2069}');
        format!("{}…{}", kept.trim_end(), if is_open { "\u{2069}" } else { "" })
    }

    /// The text, or as much of its beginning and its end as has room: barcodes differ in their last letters.
    pub(crate) fn fit_middle(&self, text: &str, room: f64) -> String {
        // What runs leftwards stands in isolates that must not be torn.
        if self.width(text) <= room || text.starts_with('\u{2068}') {
            return self.fit(text, room);
        }
        let letters: Vec<char> = text.chars().collect();
        let mut left = room - self.width("…");
        let (mut head, mut tail) = (0, letters.len());
        while head < tail {
            let is_tails = head >= letters.len() - tail;
            let letter = letters.get(if is_tails { tail - 1 } else { head }).copied().unwrap_or(' ');
            left -= self.advance(letter);
            if left < 0.0 {
                break;
            }
            if is_tails { tail -= 1 } else { head += 1 }
        }
        letters.iter().take(head).chain(['…'].iter()).chain(letters.iter().skip(tail)).collect()
    }

    /// The text in lines that have room, broken at spaces, and within a word where there is none.
    pub(crate) fn wrap(&self, text: &str, room: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            for piece in self.pieces(word, room) {
                let Some(line) = lines.last_mut() else { break };
                let longer = if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
                if line.is_empty() || self.width(&longer) <= room {
                    *line = longer;
                } else {
                    lines.push(piece);
                }
            }
        }
        lines
    }

    /// A word whole, or in pieces that have room.
    fn pieces(&self, word: &str, room: f64) -> Vec<String> {
        let (mut pieces, mut wide) = (vec![String::new()], 0.0);
        for letter in word.chars() {
            let advance = self.advance(letter);
            if wide + advance > room && wide > 0.0 {
                pieces.push(String::new());
                wide = 0.0;
            }
            wide += advance;
            if let Some(piece) = pieces.last_mut() {
                piece.push(letter);
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_turns_and_breaks_nothing() {
        assert_eq!(clean("BR\u{0}\u{1b}\u{202e}1\u{ffff}"), "BR\u{fffd}\u{fffd}\u{fffd}1\u{fffd}");
        assert_eq!(clean("a<b>&\"'"), "a<b>&\"'", "escaping is the SVG's");
        assert_eq!(clean("שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(clean(&"x".repeat(1 << 20)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_text_is_cut_and_broken_to_its_room() {
        let fonts = Fonts::load().unwrap();
        let ruler = Ruler { fonts: &fonts, size: 11.0, is_bold: false };
        assert_eq!(ruler.fit("short", 100.0), "short");
        for text in ["a very long name of a feature", &"😀".repeat(300), &"W".repeat(300)] {
            let cut = ruler.fit(text, 60.0);
            assert!(cut.ends_with('…') && ruler.width(&cut) <= 60.0, "{cut}");
        }
        assert_eq!(ruler.fit("abc", 1.0), "…");
        let cut = ruler.fit_middle("BR00117010-REPLICATE-0002", 60.0);
        assert!(
            cut.starts_with("BR0") && cut.ends_with("002") && cut.contains('…') && ruler.width(&cut) <= 60.0,
            "{cut}"
        );
        assert_eq!((ruler.fit_middle("abc", 1.0), ruler.fit_middle("abc", 100.0)), ("…".to_owned(), "abc".to_owned()));
        assert!(ruler.fit(&clean(&"ש".repeat(300)), 60.0).ends_with("…\u{2069}"));
        for text in ["one two three four five six seven", &"W".repeat(100), ""] {
            let lines = ruler.wrap(text, 60.0);
            assert!(lines.iter().all(|line| ruler.width(line) <= 60.0), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""), "nothing is lost");
        }
    }
}
