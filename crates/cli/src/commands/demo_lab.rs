//! `demo-lab`: serves the demo lab to other processes until interrupted.

use crate::arguments::DemoLab;
use crate::failure::Failure;

pub(crate) async fn run(_arguments: DemoLab) -> Result<(), Failure> {
    Err(Failure::io("the demo lab is being built"))
}
