//! The table of good and bad messages: decoder and schema judge each alike, and the decoder says why.

use wire::Kind::{self, Images, Layouts, Results, Stages};

/// One row: the valid message of a kind with one field changed (an empty text leaves it out).
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) field: &'static str,
    pub(crate) value: &'static str,
    /// Why it is undecoded; `None`: it is fine.
    pub(crate) reason: Option<&'static str>,
    /// What a schema cannot say, so that it lets it pass.
    pub(crate) beyond_schema: bool,
}

const fn good(kind: Kind, field: &'static str, value: &'static str) -> Row {
    Row { kind, field, value, reason: None, beyond_schema: false }
}

const fn bad(kind: Kind, field: &'static str, value: &'static str, reason: &'static str) -> Row {
    Row { kind, field, value, reason: Some(reason), beyond_schema: false }
}

/// Undecoded, although the schema sees nothing wrong.
const fn beyond(kind: Kind, field: &'static str, value: &'static str, reason: &'static str) -> Row {
    Row { kind, field, value, reason: Some(reason), beyond_schema: true }
}

pub(crate) const ROWS: &[Row] = &[
    good(Results, "", ""),
    good(Layouts, "", ""),
    good(Stages, "", ""),
    good(Images, "", ""),
    // What it is.
    bad(Results, "schema", "", "\"schema\" is missing; this topic carries results (plateside.result/1)"),
    bad(Results, "schema", "null", "\"schema\" is missing; this topic carries results (plateside.result/1)"),
    bad(Results, "schema", "1", "\"schema\": 1 is a number, not text"),
    bad(
        Results,
        "schema",
        r#""plateside.layout/1""#,
        "\"schema\": \"plateside.layout/1\" belongs to layouts, but this topic carries results (plateside.result/1)",
    ),
    bad(
        Layouts,
        "schema",
        r#""plateside.flag/1""#,
        "\"schema\": \"plateside.flag/1\" belongs to flags, but this topic carries layouts (plateside.layout/1)",
    ),
    bad(
        Stages,
        "schema",
        r#""plateside.stage/2""#,
        "\"schema\": \"plateside.stage/2\" is newer than this version of Plateside, which reads plateside.stage/1",
    ),
    bad(
        Images,
        "schema",
        r#""image""#,
        "\"schema\": \"image\" is not known; this topic carries images (plateside.image/1)",
    ),
    bad(
        Results,
        "schema",
        r#""plateside.result""#,
        "\"schema\": \"plateside.result\" is not known; this topic carries results (plateside.result/1)",
    ),
    // Fields of every kind.
    good(Results, "laboratory", r#"{"deep":[1,[2,[3]]]}"#),
    good(Results, "run", ""),
    good(Results, "run", "null"),
    good(Results, "run", r#""""#),
    good(Stages, "plate", r#""Ünïcode \u00df \n 孔板""#),
    bad(Results, "run", "7", "\"run\": 7 is a number, not text"),
    bad(Results, "plate", "", "\"plate\" is missing"),
    bad(Layouts, "plate", "null", "\"plate\" is missing"),
    bad(Stages, "plate", r#""""#, "\"plate\": it is empty; a plate is named by its barcode"),
    bad(Results, "plate", "117010", "\"plate\": 117010 is a number, not text"),
    bad(Results, "plate", r#"["BR00117010"]"#, "\"plate\": a list, not text"),
    good(Results, "format", "384.0"),
    good(Layouts, "format", "1536"),
    bad(Results, "format", "", "\"format\" is missing"),
    bad(Results, "format", "385", "\"format\": 385 is not a plate format (6, 12, 24, 48, 96, 384, 1536, 3456)"),
    bad(Layouts, "format", r#""384""#, "\"format\": \"384\" is text, not a number"),
    bad(
        Images,
        "format",
        "-384",
        "\"format\": -384 is a number, but no count of wells (6, 12, 24, 48, 96, 384, 1536, 3456)",
    ),
    bad(
        Results,
        "format",
        "383.5",
        "\"format\": 383.5 is a number, but no count of wells (6, 12, 24, 48, 96, 384, 1536, 3456)",
    ),
    good(Results, "well", r#""a1""#),
    good(Results, "well", r#""P024""#),
    bad(Results, "well", "", "\"well\" is missing"),
    bad(Results, "well", r#""9D""#, "\"well\": \"9D\" is not a well address (as A01, P24, AF48)"),
    bad(Results, "well", r#""A00""#, "\"well\": \"A00\" is not a well address (as A01, P24, AF48)"),
    bad(Results, "well", "9", "\"well\": 9 is a number, not text"),
    beyond(Results, "well", r#""Z99""#, "\"well\": \"Z99\" is outside a 384-well plate"),
    beyond(Images, "well", r#""Q01""#, "\"well\": \"Q01\" is outside a 384-well plate"),
    // Results.
    good(Results, "site", ""),
    good(Results, "site", "1"),
    good(Results, "site", "65535"),
    bad(Results, "site", "0", "\"site\": 0 is no site; sites are numbered from 1"),
    bad(Results, "site", "-1", "\"site\": -1 is below 0"),
    bad(Results, "site", "65536", "\"site\": 65536 is above 65535"),
    bad(Results, "site", "1.5", "\"site\": 1.5 is not a whole number of 0 to 65535"),
    bad(Results, "site", r#""1""#, "\"site\": \"1\" is text, not a number"),
    good(Results, "read_at", "null"),
    good(Results, "read_at", r#""2026-11-22 13:23:18z""#),
    bad(
        Results,
        "read_at",
        r#""yesterday""#,
        "\"read_at\": \"yesterday\" is not an RFC 3339 time with a zone (as 2026-11-22T13:23:18+01:00)",
    ),
    bad(
        Results,
        "read_at",
        r#""2026-11-22T13:23:18""#,
        "\"read_at\": \"2026-11-22T13:23:18\" is not an RFC 3339 time with a zone (as 2026-11-22T13:23:18+01:00)",
    ),
    bad(Results, "read_at", "1795350198", "\"read_at\": 1795350198 is a number, not a time as text"),
    beyond(
        Results,
        "read_at",
        r#""2026-02-30T00:00:00Z""#,
        "\"read_at\": \"2026-02-30T00:00:00Z\" is not an RFC 3339 time with a zone (as 2026-11-22T13:23:18+01:00)",
    ),
    bad(Results, "instrument", "{}", "\"instrument\": an object, not text"),
    bad(Results, "pipeline", "true", "\"pipeline\": true is true or false, not text"),
    good(Results, "features", "{}"),
    good(Results, "features", r#"{"a":null,"b":-0.0,"c":123456789012345678901234567890,"":1}"#),
    bad(Results, "features", "", "\"features\" is missing"),
    bad(Results, "features", "null", "\"features\" is missing"),
    bad(Results, "features", "[1]", "\"features\": a list, not an object"),
    bad(Results, "features", "662", "\"features\": 662 is a number, not an object"),
    bad(Results, "features", r#"{"Cells_Count":"662"}"#, "\"features\".\"Cells_Count\": \"662\" is text, not a number"),
    bad(Results, "features", r#"{"a":[[[]]]}"#, "\"features\".\"a\": a list, not a number"),
    bad(Results, "features", r#"{"a":true}"#, "\"features\".\"a\": true is true or false, not a number"),
    beyond(Results, "features", r#"{"a":1,"b":2,"a":1}"#, "\"features\": \"a\" stands twice"),
    bad(
        Results,
        "features",
        r#"{"a":NaN}"#,
        "not JSON: a value must stand here (a bare NaN or Infinity is none) (line 1, column 226, in \"features\".\"a\")",
    ),
    bad(
        Results,
        "features",
        r#"{"a":-Infinity}"#,
        "not JSON: this is not a number (NaN and Infinity are none either) (line 1, column 227, in \"features\".\"a\")",
    ),
    bad(
        Results,
        "features",
        r#"{"a":1e999}"#,
        "not JSON: this number is too large for 64-bit floating point (line 1, column 230, in \"features\".\"a\")",
    ),
    bad(Results, "site", "nil", "not JSON: this is none of true, false and null (line 1, column 108, in \"site\")"),
    // Layouts.
    good(Layouts, "assay", ""),
    good(Layouts, "wells", "[]"),
    good(
        Layouts,
        "wells",
        r#"[{"well":"P24","role":"empty","concentration":null,"replicate":null,"compound":null,"plasmid":1}]"#,
    ),
    bad(Layouts, "assay", "1", "\"assay\": 1 is a number, not text"),
    bad(Layouts, "wells", "", "\"wells\" is missing"),
    bad(Layouts, "wells", "{}", "\"wells\": an object, not a list"),
    bad(Layouts, "wells", r#"["A01"]"#, "\"wells\"[0]: \"A01\" is text, not an object"),
    bad(Layouts, "wells", "[null]", "\"wells\"[0]: null, not an object"),
    bad(Layouts, "wells", r#"[{"role":"sample"}]"#, "\"wells\"[0].\"well\" is missing"),
    bad(Layouts, "wells", r#"[{"well":"A01"}]"#, "\"wells\"[0].\"role\" is missing"),
    bad(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample"},{"well":"A02","role":"sampel"}]"#,
        "\"wells\"[1].\"role\": \"sampel\" is not a role (negative, positive, reference, sample, empty)",
    ),
    bad(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample","concentration":5}]"#,
        "\"wells\"[0].\"concentration\": 5 is a number, not an object",
    ),
    bad(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample","concentration":{"value":5}}]"#,
        "\"wells\"[0].\"concentration\".\"unit\" is missing",
    ),
    bad(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample","concentration":{"value":"5","unit":"uM"}}]"#,
        "\"wells\"[0].\"concentration\".\"value\": \"5\" is text, not a number",
    ),
    bad(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample","replicate":-1}]"#,
        "\"wells\"[0].\"replicate\": -1 is below 0",
    ),
    beyond(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample"},{"well":"a1","role":"sample"}]"#,
        "\"wells\": \"A01\" stands twice",
    ),
    beyond(
        Layouts,
        "wells",
        r#"[{"well":"A01","role":"sample"},{"well":"Q01","role":"sample"},{"well":"z99","role":"sample"}]"#,
        "\"wells\"[1].\"well\": \"Q01\" is outside a 384-well plate",
    ),
    beyond(
        Layouts,
        "wells",
        r#"[{"well":"z99","role":"sample"},{"well":"Q01","role":"sample"}]"#,
        "\"wells\"[0].\"well\": \"z99\" is outside a 384-well plate",
    ),
    beyond(Layouts, "wells", r#"[{"well":"A01","well":"A02","role":"sample"}]"#, "\"wells\"[0].\"well\" stands twice"),
    // Stages.
    good(Stages, "event", r#""left""#),
    good(Stages, "note", r#""the lid was \"stuck\"""#),
    bad(Stages, "stage", "", "\"stage\" is missing"),
    bad(Stages, "stage", r#""""#, "\"stage\": it is empty"),
    bad(Stages, "event", "", "\"event\" is missing"),
    bad(Stages, "event", r#""Entered""#, "\"event\": \"Entered\" is neither \"entered\" nor \"left\""),
    bad(Stages, "at", "", "\"at\" is missing"),
    bad(Stages, "at", "null", "\"at\" is missing"),
    bad(Stages, "note", "[]", "\"note\": a list, not text"),
    bad(Stages, "correlation", "77812", "\"correlation\": 77812 is a number, not text"),
    // Images whose pixels lie elsewhere.
    good(Images, "z", ""),
    good(Images, "t", "4294967295"),
    good(Images, "channels", r#"" DNA , ER ""#),
    good(Images, "link", r#""HTTPS://lab.example/a.png?x=1""#),
    good(Images, "sha256", "null"),
    good(Images, "chunk-id", "null"),
    bad(Images, "site", "", "\"site\" is missing"),
    bad(Images, "z", "65536", "\"z\": 65536 is above 65535"),
    bad(Images, "channels", "", "\"channels\" is missing"),
    bad(Images, "channels", r#""DNA,,ER""#, "\"channels\": \"DNA,,ER\" names a channel without a name"),
    bad(Images, "channels", r#"["DNA"]"#, "\"channels\": a list, not text"),
    bad(Images, "pixel-um", "0", "\"pixel-um\": 0.0 is not above 0"),
    bad(Images, "stage-x-um", r#""left""#, "\"stage-x-um\": \"left\" is text, not a number"),
    bad(Images, "sha256", r#""aa""#, "\"sha256\": \"aa\" is not 64 hexadecimal digits"),
    bad(Images, "link", "", "\"link\" is missing: the value is JSON, so the pixels lie elsewhere"),
    bad(
        Images,
        "link",
        r#""http://lab.example/a.png""#,
        "\"link\": \"http://lab.example/a.png\" is none of s3://, gs://, az://, https:// and file://",
    ),
    bad(Images, "link", r#""s3://""#, "\"link\": \"s3://\" is none of s3://, gs://, az://, https:// and file://"),
    bad(Images, "chunk-id", r#""f1""#, "\"chunk-index\" is missing"),
    bad(Images, "chunk-count", "3", "\"chunk-id\" is missing"),
    beyond(Images, "channels", r#""DNA,ER,DNA""#, "\"channels\": \"DNA\" stands twice"),
];
