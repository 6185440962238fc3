//! `score`: a model on image files, in a process of its own.

use std::ffi::OsString;
use std::path::Path;

use engine::feed::WorkerCommand;
use engine::image_files;
use engine::infer::{self, Infer, InferSettings, Looked, ModelPlaces, Ready};

use super::image::{Worst, says, table};
use crate::arguments::score::Score;
use crate::failure::Failure;
use crate::output::{Format, print_several};
use crate::report::Node;
use crate::terminal::{plain, say};

/// Images in a row on which the model crashed or hung, after which no more is tried.
const MOST_CRASHES: u32 = 3;

pub(crate) async fn run(arguments: Score) -> Result<(), Failure> {
    let model = Infer::start(settings(&arguments)?).await?;
    if let Some(note) = &model.ready().note {
        say(&plain(note, 500));
    }
    let format = arguments.format.get();
    let listed = arguments.objects.then_some(format);
    let (mut worst, mut crashes) = (Worst::default(), 0);
    let mut objects = Vec::new();
    for image in &arguments.images {
        let object = |looked: Result<&Looked, String>| object(image, model.ready(), looked, listed);
        let grey = match image_files::grey(image, arguments.plane, 0) {
            Ok(grey) => grey,
            Err(problem) => {
                worst.hear(&problem);
                objects.push(object(Err(says(&problem))));
                continue;
            }
        };
        if crashes >= MOST_CRASHES {
            worst.bad();
            objects.push(object(Err(format!("not tried: the model's process ended {crashes} times in a row"))));
            continue;
        }
        match model.look(&grey).await {
            Ok(looked) => {
                crashes = 0;
                objects.push(object(Ok(&looked)));
            }
            Err(error) => {
                crashes = if error.ended_the_process() { crashes + 1 } else { 0 };
                worst.bad();
                objects.push(object(Err(error.to_string())));
            }
        }
    }
    // There is a row an image at least.
    print_several(format, &[], &objects, |objects| {
        table(&["image", "model", "count", "class", "value", "ms", "backend", "error"], objects)
    })?;
    worst.end()
}

fn settings(arguments: &Score) -> Result<InferSettings, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::io(format!("the path of this program is not to be had: {error}")))?;
    let worker = WorkerCommand { program, args: ["worker", "infer"].map(OsString::from).to_vec() };
    let places = ModelPlaces::of_this_machine();
    let cache = places.as_ref().map_or(Path::new(""), |places| &places.cache);
    let library = infer::find_library(cache);
    let model = infer::find_model(&arguments.model, places.as_ref());
    if !model.exists() {
        let mut known: Vec<String> = places.iter().flat_map(infer::models).map(|row| row.name).collect();
        known.dedup();
        let named = arguments.model.display();
        let message = format!("there is no folder {named} and no model of that name; known are {}", known.join(", "));
        return Err(Failure::bad(message));
    }
    let usual = InferSettings::new(worker, model, library);
    Ok(InferSettings {
        threads: arguments.threads.map_or(usual.threads, usize::from),
        memory_bytes: arguments.memory_mib << 20,
        time_limit: arguments.time_limit,
        ..usual
    })
}

/// `listed`: the objects too, as the format can have them.
fn object(image: &Path, model: &Ready, looked: Result<&Looked, String>, listed: Option<Format>) -> Node {
    let seen = looked.as_ref().ok();
    let probabilities = |looked: &&Looked| {
        let named = looked.probabilities.iter().map(|(class, value)| (class.clone(), Node::from(*value)));
        if looked.probabilities.is_empty() { Node::Null } else { Node::Object(named.collect()) }
    };
    let mut fields = vec![
        ("image", image.display().to_string().into()),
        ("model", model.name.as_str().into()),
        ("version", model.version.as_str().into()),
        ("sha256", model.sha256.as_str().into()),
        ("task", model.task.as_str().into()),
        ("count", seen.and_then(|looked| looked.count).map(|count| Node::count(count.into())).unwrap_or(Node::Null)),
        ("class", seen.and_then(|looked| looked.class.as_deref()).into()),
        ("probabilities", seen.map_or(Node::Null, probabilities)),
        ("value", seen.and_then(|looked| looked.value).into()),
    ];
    if let Some(format) = listed {
        let list = seen.map_or(Node::Null, |looked| objects(looked));
        let in_a_cell = matches!(format, Format::Csv | Format::Table) && list != Node::Null;
        // A cell holds no list of objects: its text is their JSON.
        let as_text = || serde_json::to_string(&list).unwrap_or_default().into();
        fields.push(("objects", if in_a_cell { as_text() } else { list.clone() }));
    }
    fields.extend([
        ("ms", seen.map(|looked| looked.ms).into()),
        ("backend", model.backend.as_str().into()),
        ("error", looked.as_ref().err().cloned().into()),
    ]);
    Node::Object(fields.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
}

fn objects(looked: &Looked) -> Node {
    let each = looked.objects.iter().map(|object| {
        let (left, top, right, below) = object.bounds;
        Node::object([
            ("area_px", Node::count(object.area_px.into())),
            ("centre", Node::List(vec![object.centre.0.into(), object.centre.1.into()])),
            ("bounds", Node::List([left, top, right, below].map(|edge| Node::count(edge.into())).to_vec())),
        ])
    });
    Node::List(each.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> Ready {
        let [backend, name, version, sha256, task] = ["tract", "m", "1", "ab", "segment"].map(str::to_owned);
        Ready { backend, build: String::new(), note: None, name, version, sha256, task, tested: true }
    }

    #[test]
    fn an_image_is_one_object_whatever_happened() {
        let looked = Looked {
            count: Some(2),
            value: None,
            class: None,
            probabilities: Vec::new(),
            patches: None,
            objects: Vec::new(),
            outlines: Vec::new(),
            ms: 1.5,
        };
        let text = |node: &Node| serde_json::to_string(node).unwrap();
        assert_eq!(
            text(&object(Path::new("a.tif"), &ready(), Ok(&looked), None)),
            r#"{"image":"a.tif","model":"m","version":"1","sha256":"ab","task":"segment","count":2,"class":null,"probabilities":null,"value":null,"ms":1.5,"backend":"tract","error":null}"#
        );
        let judged = Looked {
            count: None,
            value: Some(0.25),
            class: Some("in_focus".to_owned()),
            probabilities: vec![("out_of_focus".to_owned(), 0.25), ("in_focus".to_owned(), 0.75)],
            ..looked
        };
        let shown = text(&object(Path::new("a.tif"), &ready(), Ok(&judged), Some(Format::Json)));
        assert!(
            shown.contains(r#""probabilities":{"out_of_focus":0.25,"in_focus":0.75},"value":0.25,"objects":[]"#),
            "{shown}"
        );
        let failed = text(&object(Path::new("a.tif"), &ready(), Err("no".to_owned()), None));
        assert!(failed.contains(r#""count":null"#) && failed.ends_with(r#""error":"no"}"#), "{failed}");
    }
}
