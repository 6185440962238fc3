//! Pages elsewhere about a plate or a well, which the session's profile names: in an ELN, a LIMS, OMERO.

use std::path::Path;
use std::sync::Arc;

use plate::{PlateStanding, Well};

use super::Desk;
use super::failure::{Answer, Failure};
use super::plates::no_such_well;
use super::shown::{OpenLinkArgs, OutsideLink, OutsideLinkArgs};
use crate::profile::Profile;

impl Desk {
    /// Pages elsewhere about a plate or a well.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`.
    pub async fn outside_links(&self, args: OutsideLinkArgs) -> Answer<Vec<OutsideLink>> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let well = match args.well {
            None => None,
            Some(at) => {
                let asked = Arc::clone(&key);
                let format = showing.look(move |board| board.plate(&asked).and_then(PlateStanding::format)).await?;
                let well = format.and_then(|format| Well::at_index(usize::from(at), format));
                Some(well.ok_or_else(no_such_well)?.to_string())
            }
        };
        let text = showing.reader.lock().await.meta().profile_toml.clone();
        // A session of another version may have a profile that this one cannot read: then it names no pages.
        let links =
            Profile::parse(&text, Path::new("the session's profile")).map(|profile| profile.links).unwrap_or_default();
        let fill = |link: crate::profile::LinkTemplate| {
            let url = link.fill(&key.run, &key.barcode, well.as_deref())?;
            Some(OutsideLink { name: link.name, url })
        };
        Ok(links.into_iter().filter_map(fill).collect())
    }

    /// Opens one of them in the system's browser.
    ///
    /// # Errors
    /// The same, `invalid` for a name that the profile does not have, `io` where no browser can be started.
    pub async fn open_link(&self, args: OpenLinkArgs) -> Answer<()> {
        let OpenLinkArgs { plate, well, name } = args;
        let links = self.outside_links(OutsideLinkArgs { plate, well }).await?;
        let link = links.into_iter().find(|link| link.name == name);
        let link = link.ok_or_else(|| Failure::new("invalid", format!("The profile names no page \"{name}\".")))?;
        open::that_detached(&link.url).map_err(|error| {
            Failure::new("io", format!("No browser could be started ({error}). The page is {}", link.url))
        })
    }
}
