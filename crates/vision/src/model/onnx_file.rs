//! An ONNX file looked at before anything loads it: what it would fetch, run or allocate is known from its own bytes.
//!
//! Only the parts of the format that matter here are read (`onnx.proto` of ONNX 1.19, field numbers beside the names). A file
//! that points outside itself, asks for operators of a stranger, or holds more than is allowed is refused.

/// Bytes of a model's file.
pub const MOST_BYTES: usize = 512 << 20;
/// Graphs within graphs (loops, branches).
const MOST_DEPTH: usize = 8;
/// Operators of all graphs.
const MOST_NODES: usize = 100_000;
/// Numbers in one tensor.
const MOST_NUMBERS: u64 = 256 << 20;
/// The newest set of operators that runs here.
const MOST_OPSET: u64 = 24;

/// Why a file is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnnxError {
    /// It is not what it says.
    #[error("the model's file is no ONNX file: {reason}")]
    NotOnnx {
        /// Where it stops making sense.
        reason: &'static str,
    },
    /// It keeps numbers in other files.
    #[error("the model keeps the numbers of \"{tensor}\" outside its own file: such models are not loaded")]
    OutsideItself {
        /// Which.
        tensor: String,
    },
    /// It needs operators that are not ONNX's own.
    #[error("the model needs operators of \"{domain}\": only ONNX's own are run")]
    Stranger {
        /// Whose.
        domain: String,
    },
    /// It asks for too much.
    #[error("the model has {asked} {what}, and at most {allowed} are allowed")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much.
        asked: u64,
        /// The limit.
        allowed: u64,
    },
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnnxFacts {
    /// The version of ONNX's operators.
    pub opset: u64,
    /// Operators, in all graphs.
    pub nodes: usize,
    /// Numbers in its tensors.
    pub numbers: u64,
    /// Names of the graph's inputs, tensors with numbers left out.
    pub inputs: Vec<String>,
}

/// Looks at a file.
///
/// # Errors
/// [`OnnxError`].
pub fn inspect(bytes: &[u8]) -> Result<OnnxFacts, OnnxError> {
    if bytes.len() > MOST_BYTES {
        let (asked, allowed) = (bytes.len() as u64, MOST_BYTES as u64);
        return Err(OnnxError::TooMuch { what: "bytes", asked, allowed });
    }
    let mut facts = OnnxFacts::default();
    let mut has_graph = false;
    for field in Fields(bytes) {
        match field? {
            // graph
            (7, Value::Bytes(graph)) => {
                has_graph = true;
                self::graph(graph, 0, &mut facts)?;
            }
            // opset_import
            (8, Value::Bytes(set)) => opset(set, &mut facts)?,
            // functions: operators that the file brings along
            (25, _) => return Err(OnnxError::Stranger { domain: "the file itself (functions)".to_owned() }),
            _ => {}
        }
    }
    if !has_graph || facts.nodes == 0 {
        return Err(OnnxError::NotOnnx { reason: "it holds no graph" });
    }
    if facts.opset == 0 || facts.opset > MOST_OPSET {
        return Err(OnnxError::TooMuch {
            what: "as the number of its operators' version",
            asked: facts.opset,
            allowed: MOST_OPSET,
        });
    }
    Ok(facts)
}

fn own(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..80).unwrap_or(bytes)).into_owned()
}

fn opset(bytes: &[u8], facts: &mut OnnxFacts) -> Result<(), OnnxError> {
    let (mut domain, mut version) = (String::new(), 0);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(name)) => domain = text(name),
            (2, Value::Number(number)) => version = number,
            _ => {}
        }
    }
    if !own(&domain) {
        return Err(OnnxError::Stranger { domain });
    }
    facts.opset = facts.opset.max(version);
    Ok(())
}

fn graph(bytes: &[u8], depth: usize, facts: &mut OnnxFacts) -> Result<(), OnnxError> {
    if depth > MOST_DEPTH {
        return Err(OnnxError::TooMuch {
            what: "graphs within each other",
            asked: depth as u64,
            allowed: MOST_DEPTH as u64,
        });
    }
    let mut weights = Vec::new();
    let mut inputs = Vec::new();
    for field in Fields(bytes) {
        match field? {
            // node
            (1, Value::Bytes(node)) => self::node(node, depth, facts)?,
            // initializer
            (5, Value::Bytes(tensor)) => weights.push(self::tensor(tensor, facts)?),
            // input
            (11, Value::Bytes(input)) => {
                for field in Fields(input) {
                    if let (1, Value::Bytes(name)) = field? {
                        inputs.push(text(name));
                    }
                }
            }
            // sparse_initializer
            (15, _) => return Err(OnnxError::Stranger { domain: "sparse tensors".to_owned() }),
            _ => {}
        }
    }
    if depth == 0 {
        inputs.retain(|name| !weights.contains(name));
        facts.inputs = inputs;
    }
    Ok(())
}

fn node(bytes: &[u8], depth: usize, facts: &mut OnnxFacts) -> Result<(), OnnxError> {
    facts.nodes += 1;
    if facts.nodes > MOST_NODES {
        return Err(OnnxError::TooMuch { what: "operators", asked: facts.nodes as u64, allowed: MOST_NODES as u64 });
    }
    for field in Fields(bytes) {
        match field? {
            // attribute
            (5, Value::Bytes(attribute)) => self::attribute(attribute, depth, facts)?,
            // domain
            (7, Value::Bytes(domain)) if !own(&text(domain)) => {
                return Err(OnnxError::Stranger { domain: text(domain) });
            }
            _ => {}
        }
    }
    Ok(())
}

fn attribute(bytes: &[u8], depth: usize, facts: &mut OnnxFacts) -> Result<(), OnnxError> {
    for field in Fields(bytes) {
        match field? {
            // t, tensors
            (5 | 10, Value::Bytes(tensor)) => drop(self::tensor(tensor, facts)?),
            // g, graphs
            (6 | 11, Value::Bytes(graph)) => self::graph(graph, depth + 1, facts)?,
            _ => {}
        }
    }
    Ok(())
}

/// Counts a tensor's numbers; returns its name.
fn tensor(bytes: &[u8], facts: &mut OnnxFacts) -> Result<String, OnnxError> {
    let (mut name, mut numbers, mut outside) = (String::new(), 1_u64, false);
    for field in Fields(bytes) {
        match field? {
            // dims, one by one or packed
            (1, Value::Number(side)) => numbers = numbers.saturating_mul(side),
            (1, Value::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    let (side, rest) = varint(packed)?;
                    numbers = numbers.saturating_mul(side);
                    packed = rest;
                }
            }
            // name
            (8, Value::Bytes(found)) => name = text(found),
            // external_data; data_location
            (13, _) | (14, Value::Number(1..)) => outside = true,
            _ => {}
        }
    }
    if outside {
        return Err(OnnxError::OutsideItself { tensor: name });
    }
    facts.numbers = facts.numbers.saturating_add(numbers);
    if numbers > MOST_NUMBERS || facts.numbers > MOST_NUMBERS {
        return Err(OnnxError::TooMuch { what: "numbers in its tensors", asked: facts.numbers, allowed: MOST_NUMBERS });
    }
    Ok(name)
}

/// A field of a message of Protocol Buffers.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The fields of one message, in order; ends at the first that makes no sense.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), OnnxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = field(self.0);
        match read {
            Ok((number, value, rest)) => {
                self.0 = rest;
                Some(Ok((number, value)))
            }
            Err(error) => {
                self.0 = &[];
                Some(Err(error))
            }
        }
    }
}

fn field(bytes: &[u8]) -> Result<(u64, Value<'_>, &[u8]), OnnxError> {
    let cut = || OnnxError::NotOnnx { reason: "it ends in the middle of a field" };
    let (tag, rest) = varint(bytes)?;
    let (value, rest) = match tag & 7 {
        0 => {
            let (number, rest) = varint(rest)?;
            (Value::Number(number), rest)
        }
        1 => (Value::Fixed, rest.get(8..).ok_or_else(cut)?),
        2 => {
            let (length, rest) = varint(rest)?;
            let length = usize::try_from(length).map_err(|_| cut())?;
            let (value, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
            (Value::Bytes(value), rest)
        }
        5 => (Value::Fixed, rest.get(4..).ok_or_else(cut)?),
        _ => return Err(OnnxError::NotOnnx { reason: "a field is of no kind that there is" }),
    };
    Ok((tag >> 3, value, rest))
}

fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), OnnxError> {
    let mut number = 0;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f).checked_shl(7 * at as u32).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Ok((number, bytes.get(at + 1..).unwrap_or_default()));
        }
    }
    Err(OnnxError::NotOnnx { reason: "it ends in the middle of a number" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &[u8] = include_bytes!("../../../../models/focus/model.onnx");

    fn message(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![(number << 3) | 2];
        let mut length = bytes.len();
        while length > 127 {
            out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend(bytes);
        out
    }

    fn number(field: u8, value: u8) -> Vec<u8> {
        vec![field << 3, value]
    }

    fn model(graph: &[u8]) -> Vec<u8> {
        [number(1, 8), message(8, &number(2, 13)), message(7, graph)].concat()
    }

    #[test]
    fn the_shipped_models_are_whole_and_their_own() {
        let facts = inspect(MODEL).unwrap();
        assert_eq!((facts.opset, facts.inputs.as_slice()), (13, &["input".to_owned()][..]));
        assert!(facts.numbers > 24_000 && facts.nodes > 10, "{facts:?}");
        let nuclei = include_bytes!("../../../../models/nuclei-seg/model.onnx");
        assert!(inspect(nuclei).unwrap().numbers > 300_000);
    }

    #[test]
    fn what_reaches_outside_is_refused() {
        let node = message(1, &message(4, b"Relu"));
        assert_eq!(inspect(&model(&node)).unwrap().nodes, 1);
        let external = message(5, &[message(8, b"weights"), message(13, b"x")].concat());
        let located = message(5, &[message(8, b"weights"), number(14, 1)].concat());
        for tensor in [external, located] {
            let error = inspect(&model(&[node.clone(), tensor].concat())).unwrap_err().to_string();
            assert!(error.contains("\"weights\" outside its own file"), "{error}");
        }
        // Within an operator's attribute, and within a graph within it.
        let hidden = message(5, &message(5, &message(13, b"x")));
        let nested = message(5, &message(6, &message(5, &message(13, b"x"))));
        for attribute in [hidden, nested] {
            assert!(inspect(&model(&message(1, &attribute))).unwrap_err().to_string().contains("outside"));
        }
        let stranger = message(1, &[message(4, b"Run"), message(7, b"com.evil")].concat());
        assert!(inspect(&model(&stranger)).unwrap_err().to_string().contains("com.evil"));
        let set = [message(8, &message(1, b"com.evil")), model(&node)].concat();
        assert!(inspect(&set).unwrap_err().to_string().contains("com.evil"));
    }

    #[test]
    fn what_asks_for_too_much_is_refused() {
        let node = message(1, &message(4, b"Relu"));
        let huge = message(5, &[vec![0x08, 0xff, 0xff, 0xff, 0xff, 0x0f], vec![0x08, 0xff, 0x7f]].concat());
        assert!(
            inspect(&model(&[node.clone(), huge].concat())).unwrap_err().to_string().contains("numbers in its tensors")
        );
        let mut deep = node.clone();
        for _ in 0..20 {
            deep = message(1, &message(5, &message(6, &deep)));
        }
        assert!(inspect(&model(&deep)).unwrap_err().to_string().contains("graphs within each other"));
        for (bytes, part) in [(&b""[..], "no graph"), (b"Dear diary, ", "no ONNX"), (&[0xff; 40], "no ONNX")] {
            assert!(inspect(bytes).unwrap_err().to_string().contains(part), "{bytes:?}");
        }
    }

    #[test]
    fn a_model_cut_anywhere_or_changed_never_panics() {
        for cut in (0..MODEL.len()).step_by(97) {
            let _whole_or_not = inspect(&MODEL[..cut]);
        }
        let mut state = 3_u64;
        for _ in 0..3000 {
            let mut changed = MODEL[..4000].to_vec();
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                changed[(state >> 33) as usize % 4000] = (state >> 20) as u8;
            }
            let _whole_or_not = inspect(&changed);
        }
    }
}
