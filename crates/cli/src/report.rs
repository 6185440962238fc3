//! What a command prints, once for all formats: JSON in the documented order of keys, or flattened to cells.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

/// A value of a report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Not there.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, or any whole number.
    Integer(i64),
    /// A measured number; written so that it reads back to the same bits.
    Number(f64),
    /// A text.
    Text(String),
    /// Several.
    List(Vec<Node>),
    /// Named values in a fixed order.
    Object(Vec<(String, Node)>),
    /// Why named values are not there: an object in JSON, one cell elsewhere.
    Reasons(Vec<(String, String)>),
}

impl Node {
    /// An object from names and values.
    pub(crate) fn object<const N: usize>(fields: [(&str, Node); N]) -> Node {
        Node::Object(fields.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
    }

    /// A count.
    pub(crate) fn count(count: u64) -> Node {
        Node::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A digest, in hex.
    pub(crate) fn hex(bytes: &[u8]) -> Node {
        Node::Text(hex(bytes))
    }

    /// The leaves with their names joined by dots; an empty object or list has none.
    pub(crate) fn cells(&self) -> Vec<(String, Node)> {
        let mut cells = Vec::new();
        self.flatten(String::new(), &mut cells);
        cells
    }

    fn flatten(&self, name: String, cells: &mut Vec<(String, Node)>) {
        match self {
            Node::Object(fields) => {
                for (field, node) in fields {
                    let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                    node.flatten(name, cells);
                }
            }
            leaf => cells.push((name, leaf.clone())),
        }
    }

    /// A leaf as the text of one cell; numbers read back to the same bits, `Null` is empty.
    pub(crate) fn cell(&self) -> String {
        match self {
            Node::Null => String::new(),
            Node::Bool(yes) => yes.to_string(),
            Node::Integer(number) => number.to_string(),
            Node::Number(number) => exact(*number),
            Node::Text(text) => text.clone(),
            Node::List(nodes) => nodes.iter().map(Node::cell).collect::<Vec<_>>().join("; "),
            Node::Object(_) => String::new(),
            Node::Reasons(reasons) => {
                reasons.iter().map(|(name, reason)| format!("{name}: {reason}")).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The shortest decimal that reads back to the same `f64`, never a page of zeros.
pub(crate) fn exact(number: f64) -> String {
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-5..1e16).contains(&magnitude) { format!("{number:e}") } else { number.to_string() }
}

impl From<f64> for Node {
    fn from(number: f64) -> Node {
        if number.is_finite() { Node::Number(number) } else { Node::Null }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Node {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Node {
        Node::Text(text)
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Node {
        value.map_or(Node::Null, Into::into)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_none(),
            Node::Bool(yes) => serializer.serialize_bool(*yes),
            Node::Integer(number) => serializer.serialize_i64(*number),
            Node::Number(number) => serializer.serialize_f64(*number),
            Node::Text(text) => serializer.serialize_str(text),
            Node::List(nodes) => {
                let mut list = serializer.serialize_seq(Some(nodes.len()))?;
                for node in nodes {
                    list.serialize_element(node)?;
                }
                list.end()
            }
            Node::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, node) in fields {
                    map.serialize_entry(name, node)?;
                }
                map.end()
            }
            Node::Reasons(reasons) => {
                let mut map = serializer.serialize_map(Some(reasons.len()))?;
                for (name, reason) in reasons {
                    map.serialize_entry(name, reason)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        let awkward =
            [0.0, -0.0, 0.1, 1.0 / 3.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, -1e16, 1e-5, 123_456_789.125, 1e15];
        let mut state = 1_u64;
        let random = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from_bits(state)
        });
        for number in awkward.into_iter().chain(random.filter(|n| n.is_finite()).take(2000)) {
            let cell = Node::Number(number).cell();
            assert_eq!(cell.parse::<f64>().unwrap().to_bits(), number.to_bits(), "cell {cell}");
            let json = serde_json::to_string(&Node::Number(number)).unwrap();
            assert_eq!(serde_json::from_str::<f64>(&json).unwrap().to_bits(), number.to_bits(), "json {json}");
            assert!(cell.len() < 30, "{cell} is no page of zeros");
        }
        assert_eq!(Node::from(f64::NAN), Node::Null, "never NaN in a file");
    }

    #[test]
    fn keys_keep_their_order_and_flatten_with_dots() {
        let node = Node::object([
            ("z", Node::Null),
            ("a", Node::object([("y", Node::Integer(1)), ("b", Node::Bool(true))])),
            ("undefined", Node::Reasons(vec![("z".into(), "too few".into())])),
        ]);
        assert_eq!(
            serde_json::to_string(&node).unwrap(),
            r#"{"z":null,"a":{"y":1,"b":true},"undefined":{"z":"too few"}}"#
        );
        let cells: Vec<_> = node.cells().into_iter().map(|(name, node)| (name, node.cell())).collect();
        let expected = [("z", ""), ("a.y", "1"), ("a.b", "true"), ("undefined", "z: too few")];
        assert_eq!(cells, expected.map(|(name, cell)| (name.to_owned(), cell.to_owned())));
    }
}
