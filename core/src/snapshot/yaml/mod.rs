//! YAML: documents and kubectl's lists are split by indentation, and every object is parsed on
//! its own, so that one bad object costs no other and no budget is shared by accident.

mod error;
mod locate;
mod reader;
mod split;
mod text;
mod transcode;

pub(super) use reader::YamlReader;
