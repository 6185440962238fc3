//! Bytes to records and back: the native contract of `WIRE.md`.
//!
//! [`Decoder`] turns one [`Envelope`] into records or one [`Undecoded`] with the reason; [`encode`] and [`local`]
//! write what it reads. Nothing here waits, reads a clock or keeps a message: what a record needs is copied out.

pub mod decode;
pub mod encode;
mod encode_image;
mod encode_said;
pub mod envelope;
mod fields;
mod file;
mod flag;
mod grid;
mod image;
mod intern;
mod layout;
pub mod layout_file;
pub mod layout_table;
pub mod limits;
pub mod local;
mod local_spot_check;
mod reason;
mod result;
mod review;
mod said;
mod scalar;
mod schema;
mod spot;
mod stage;
pub mod table;
mod text;
mod workbook;

pub use decode::Decoder;
pub use encode::{
    EncodeError, encode_layout, encode_result, encode_stage, layout_to_json, message_key, percent_encoded,
};
pub use encode_image::{encode_image, encode_image_headers};
pub use encode_said::{encode_flag, encode_review, encode_task, review_to_json};
pub use envelope::{Batch, Decoded, Envelope, Headers, Kind, Undecoded};
pub use grid::LONGEST_LAYOUT_BYTES;
pub use layout::{LayoutJsonError, layout_from_json};
pub use limits::Limits;
pub use local::{LocalJsonError, local_from_json, local_kind, local_to_json};
pub use said::{SaidJsonError, said_from_json, said_to_json};
pub use workbook::WorkbookError;
