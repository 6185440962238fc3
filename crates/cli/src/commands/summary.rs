//! Parts that several results share: digests and offsets.

use std::collections::BTreeMap;

use engine::Digests;

use crate::report::Node;

/// The three digests, in hex.
pub(crate) fn digests(digests: &Digests) -> Node {
    Node::object([
        ("content", Node::hex(&digests.content)),
        ("history", Node::hex(&digests.history)),
        ("judgement", Node::hex(&digests.judgement)),
    ])
}

/// One source and partition with what is said of it.
pub(crate) struct PartitionNode<'a> {
    pub(crate) source: &'a engine::plate::Source,
    pub(crate) partition: i32,
    pub(crate) node: Node,
}

/// `{topic: {partition: …}}`, sorted. The last life of a topic has its plain name, an earlier one `topic#0`, `topic#1`
/// (`#` is in no topic's name).
pub(crate) fn by_topic<'a>(partitions: impl IntoIterator<Item = PartitionNode<'a>>) -> Node {
    let mut topics: BTreeMap<(&str, u32), BTreeMap<i32, Node>> = BTreeMap::new();
    for PartitionNode { source, partition, node } in partitions {
        topics.entry((&source.topic, source.incarnation)).or_default().insert(partition, node);
    }
    let last_life = |topic: &str| topics.keys().filter(|(name, _)| *name == topic).map(|(_, life)| *life).max();
    let fields = topics.iter().map(|((topic, life), partitions)| {
        let name = if last_life(topic) == Some(*life) { (*topic).to_owned() } else { format!("{topic}#{life}") };
        let partitions = partitions.iter().map(|(partition, node)| (partition.to_string(), node.clone()));
        (name, Node::Object(partitions.collect()))
    });
    Node::Object(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_life_of_a_topic_is_told_apart() {
        let source =
            |topic: &str, incarnation| engine::plate::Source { cluster: "c".into(), topic: topic.into(), incarnation };
        let (old, new, other) = (source("r", 0), source("r", 1), source("a", 0));
        let node = |source, partition, n| PartitionNode { source, partition, node: Node::Integer(n) };
        let json = serde_json::to_string(&by_topic([
            node(&old, 0, 9),
            node(&new, 10, 2),
            node(&new, 2, 1),
            node(&other, 0, 3),
        ]));
        assert_eq!(json.unwrap(), r##"{"a":{"0":3},"r#0":{"0":9},"r":{"2":1,"10":2}}"##);
    }
}
